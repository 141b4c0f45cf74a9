/** What the operations of a command node have in common: what they are given, and how they read their settings. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisCommand, RedisSession, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import type { PayloadFormat } from '../redis-payload';
import type { HeldMessage } from '../held-messages';
import { CheckedReaders, readText, type Settings } from '../settings-readers';
import { type FieldValues, type TypedInput, TypedInputs } from '../typed-inputs';

export type Util = NodeAPI['util'];

/** What can't work in the settings of a command or script node is `REDIS_INVALID_SETTINGS`. */
export const nodeReaders = new CheckedReaders(
  'REDIS_INVALID_SETTINGS',
  'node',
  'pool-redis-command',
  'pool-redis-script',
);

/** The longest time a timer can wait for. */
const MAX_SECONDS = 2_147_483;
const FORMATS: readonly PayloadFormat[] = ['string', 'json', 'buffer', 'auto'];

/** Sends a message, or one to each output. */
export type Send = (message: NodeMessage | (NodeMessage | null)[]) => void;

export interface OperationParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly util: Util;
  /** Has something sent, now or as soon as someone connects, or given up. */
  submit(message: HeldMessage<RedisSession>): void;
}

/** One kind of thing a node does with each message. */
export interface Operation {
  /** Calls `done` once, when all is sent that the message led to, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void;
  /** Ends what is under way, because a message said so or (with `closing`) because the node stops. */
  cancel?(closing: boolean): void;
}

interface InputDefault {
  readonly value?: unknown;
  readonly type: string;
  /** @default 'str' */
  readonly typeIfSet?: string;
}

/**
 * The typed inputs of these properties, with what they are unless set; the type of each stands in `<property>Type`. Flows
 * written by hand may lack it: `typeIfSet` is the type the editor begins with.
 */
export function readInputs<Name extends string>(
  { util, node, settings }: Pick<OperationParts, 'util' | 'node' | 'settings'>,
  defaults: Readonly<Partial<Record<Name, InputDefault>>>,
): TypedInputs<Name> {
  const names = Object.keys(defaults) as Name[];
  const inputs = names.map((field): TypedInput<Name> => {
    const { value, type = 'str', typeIfSet = 'str' } = defaults[field] ?? {};
    const set = settings[field];
    const setType = readText(settings, `${field}Type`);
    return set === undefined || (set === '' && !setType)
      ? { field, value, type }
      : { field, value: set, type: setType || typeIfSet };
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

/**
 * The format of values in replies, from the setting `datatype`. @default 'string'
 *
 * @throws PoolError `REDIS_INVALID_SETTINGS`
 */
export function readFormat(settings: Settings): PayloadFormat {
  return nodeReaders.word(settings, 'datatype', FORMATS) ?? 'string';
}

/**
 * The time-out of the node's own, from `timeoutSeconds`; without one, the profile's is in force.
 *
 * @throws PoolError `REDIS_INVALID_SETTINGS`
 */
export function readSendOptions(settings: Settings, format: PayloadFormat): SendOptions {
  const timeoutMillis = nodeReaders.seconds(settings, 'timeoutSeconds', 0, MAX_SECONDS) ?? 0;
  const buffers = format !== 'string';
  return timeoutMillis > 0 ? { buffers, timeoutMillis } : { buffers };
}

/** Sends a message on and is done with it; what Node-RED can't clone for several wires is an error of the message. */
export function sendOn(send: () => void, done: Done): void {
  try {
    send();
  } catch (thrown) {
    return done(PoolError.from(thrown, 'INVALID_MESSAGE'));
  }
  done();
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
