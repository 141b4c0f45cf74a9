/** What a profile node says of its settings, taken apart: in a file they have other names, and a place. */
import type { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

/** Of a profile node's property, what else may have set it in a file. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  broker: ['server'],
  host: ['server'],
  url: ['server'],
  path: ['server'],
  username: ['user'],
};

export interface Refusal {
  /** Of settings or credentials of the profile node that it may be about, the likeliest first. */
  readonly names: readonly string[];
  /** Completes the sentence that the property's name begins; undefined when it is about none. */
  readonly text: string | undefined;
}

export function refusalOf({ detail }: PoolError): Refusal {
  const { setting = '', fault } = detail ?? {};
  if (fault === undefined) return { names: [], text: undefined };
  const names = [setting, ...(SOURCES[setting] ?? [])];
  // In files, `will: { qos: … }`.
  const [, kind, part] = /^(birth|close|will)(Topic|Payload|Qos|Retain|Msg)/.exec(setting) ?? [];
  if (kind && part) return { names: [kind], text: t`has "${part.toLowerCase()}", which ${fault}` };
  return { names, text: fault };
}
