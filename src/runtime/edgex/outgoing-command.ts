/**
 * From a flow message to a request on the bus: `<base>/core/command/request/<device>/<command>/<get|set>`, as the command
 * client of go-mod-messaging sends it.
 */
import { randomUUID } from 'node:crypto';
import { PoolError } from '../../core/errors';
import { commandValues } from '../../edgex/command-values';
import { encodeMessage } from '../../edgex/encode-message';
import { nameLevel } from '../../edgex/event-topic';
import { isPlainObject } from '../../edgex/plain';
import { type EdgexProfileSettings, topicBelow } from './edgex-profile-settings';
import { t } from '../../core/wording';

/** What the fields of a command node say. */
export interface CommandFields {
  device?: unknown;
  command?: unknown;
  method?: unknown;
  values?: unknown;
  queryParams?: unknown;
}

export interface CommandOptions {
  /** Where requests go, without the base. */
  readonly requestTopic: string;
  /** A read command makes the device service publish the event as well. */
  readonly pushEvent: boolean;
}

export interface OutgoingCommand {
  readonly requestId: string;
  readonly topic: string;
  readonly bytes: Buffer;
  /** For errors: which command of which device. */
  readonly title: string;
}

/** @throws PoolError `EDGEX_INVALID_COMMAND`, `EDGEX_INVALID_VALUE`, `EDGEX_INVALID_TOPIC` */
export function toOutgoingCommand(
  fields: CommandFields,
  { base, bus, escape, form, apiVersion }: EdgexProfileSettings,
  { requestTopic, pushEvent }: CommandOptions,
): OutgoingCommand {
  const device = nameOf(
    () => t`There is no device: set one in the node, or in what its field refers to.`,
    fields.device,
  );
  const command = nameOf(
    () => t`There is no command: set one in the node, or in what its field refers to.`,
    fields.command,
  );
  const method = methodOf(fields.method);
  const requestId = randomUUID();
  const levels = [
    nameLevel(() => t`device name`, device, { bus, escape }),
    nameLevel(() => t`command name`, command, { bus, escape }),
    method,
  ];
  const given = paramsOf(fields.queryParams);
  const queryParams = method === 'get' ? { ...eventParams(pushEvent, apiVersion), ...given } : given;
  const bytes = encodeMessage(method === 'set' ? commandValues(fields.values) : null, {
    form,
    apiVersion,
    messageType: 'payload',
    requestId,
    ...(queryParams && { queryParams }),
  });
  const title = titleOf(method, shown(command), shown(device));
  return { requestId, topic: `${topicBelow(base, requestTopic, false)}/${levels.join('/')}`, bytes, title };
}

function eventParams(pushEvent: boolean, apiVersion: 'v2' | 'v3'): Record<string, string> {
  const word = (on: boolean) => (apiVersion === 'v2' ? (on ? 'yes' : 'no') : String(on));
  return { 'ds-pushevent': word(pushEvent), 'ds-returnevent': word(true) };
}

function titleOf(method: 'get' | 'set', command: string, device: string): string {
  return method === 'get'
    ? t`read command ${command} of device ${device}`
    : t`write command ${command} of device ${device}`;
}

function nameOf(whenNone: () => string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw invalid(whenNone());
}

function methodOf(value: unknown): 'get' | 'set' {
  const method = typeof value === 'string' ? value.toLowerCase() : value;
  if (method === 'get' || method === undefined || method === '') return 'get';
  // PUT is what the REST interface calls it.
  if (method === 'set' || method === 'put') return 'set';
  throw invalid(t`The method must be "get" to read or "set" to write.`);
}

/** Query parameters are text. */
function paramsOf(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (!isPlainObject(value)) throw invalid(t`The query parameters must be an object such as {"name": "value"}.`);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
        return [name, String(item)];
      throw invalid(t`The query parameter ${shown(name)} must be text, a number or a boolean.`);
    }),
  );
}

function shown(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name);
}

function invalid(message: string): PoolError {
  return new PoolError('EDGEX_INVALID_COMMAND', message);
}
