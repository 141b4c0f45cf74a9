/** What a profile node says of its settings, taken apart: in a file they have other names, and a place. */

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

export function refusalOf(message: string): Refusal {
  const said = message.replace(/[.;] correct it in the connection profile\.$/i, '');
  const [, field = '', text] =
    /^"([^"]+)" (must be .*)$/s.exec(said) ?? /^Invalid \w+ settings, (\w+): (.*?)\.?$/s.exec(said) ?? [];
  if (text === undefined) {
    const [, what] = /^The base URL (.*?)\.?$/s.exec(said) ?? [];
    return { names: ['baseUrl'], text: what };
  }
  const names = [field, ...(SOURCES[field] ?? [])];
  // In files, `will: { qos: … }`.
  const [, kind, part] = /^(birth|close|will)(Topic|Payload|Qos|Retain|Msg)/.exec(field) ?? [];
  if (kind && part) return { names: [kind], text: `has "${part.toLowerCase()}", which ${text}` };
  return { names, text: text.startsWith('must ') ? text : `can't be used: ${text}` };
}
