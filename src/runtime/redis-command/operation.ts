/** What the operations of a command node have in common: what they are given, and how they read their settings. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisCommand, RedisSession, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { isPayloadFormat, type PayloadFormat } from '../redis-payload';
import type { SendingNode } from '../sending-node';
import { readText, type Settings } from '../settings-readers';
import { type FieldValues, type TypedInput, TypedInputs } from '../typed-inputs';

export type Util = NodeAPI['util'];

/** Sends a message, or one to each output. */
export type Send = (message: NodeMessage | (NodeMessage | null)[]) => void;

export interface OperationParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly util: Util;
  readonly sender: SendingNode<RedisSession>;
}

/** One kind of thing a node does with each message. */
export interface Operation {
  /** Calls `done` once, when all is sent that the message led to, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void;
  /** Ends what is under way, because a message said so or (with `closing`) because the node stops. */
  cancel?(closing: boolean): void;
}

/** The typed inputs of these properties, with what they are unless set; the type of each stands in `<property>Type`. */
export function readInputs<Name extends string>(
  { util, node, settings }: Pick<OperationParts, 'util' | 'node' | 'settings'>,
  defaults: Readonly<Partial<Record<Name, { readonly value?: unknown; readonly type: string }>>>,
): TypedInputs<Name> {
  const names = Object.keys(defaults) as Name[];
  const inputs = names.map((field): TypedInput<Name> => {
    const { value, type = 'str' } = defaults[field] ?? {};
    const set = settings[field];
    const setType = readText(settings, `${field}Type`);
    return set === undefined || (set === '' && !setType)
      ? { field, value, type }
      : { field, value: set, type: setType || type };
  });
  return new TypedInputs(util, node, inputs);
}

/** Calls back once with the values of the fields: at once where they are at hand. */
export function resolveInputs<Name extends string>(
  inputs: TypedInputs<Name>,
  message: NodeMessageInFlow,
  callback: (error: PoolError | undefined, fields: FieldValues<Name>) => void,
): void {
  if (!inputs.immediate) return inputs.resolveLater(message, callback);
  let fields: FieldValues<Name>;
  try {
    fields = inputs.resolve(message);
  } catch (thrown) {
    return callback(PoolError.from(thrown), {});
  }
  callback(undefined, fields);
}

/** The format of values in replies, from the setting `datatype`. @default 'string' */
export function readFormat(settings: Settings): PayloadFormat {
  const format = settings['datatype'];
  return isPayloadFormat(format) ? format : 'string';
}

/** The time-out of the node's own, from `timeoutSeconds`; without one, the profile's is in force. */
export function readSendOptions(settings: Settings, format: PayloadFormat): SendOptions {
  const seconds = Number(readText(settings, 'timeoutSeconds'));
  const buffers = format !== 'string';
  return seconds > 0 ? { buffers, timeoutMillis: Math.ceil(seconds * 1000) } : { buffers };
}

/** A whole number of at least 1, or the fallback. */
export function readCount(settings: Settings, field: string, fallback: number): number {
  const count = Math.floor(Number(readText(settings, field)));
  return count >= 1 ? count : fallback;
}

/** What commands count for in the limits of a queue. */
export function bytesOf(commands: readonly RedisCommand[]): number {
  let bytes = 0;
  for (const { name, args } of commands) {
    bytes += name.length;
    for (const arg of args) bytes += typeof arg === 'number' ? 8 : arg.length;
  }
  return bytes;
}
