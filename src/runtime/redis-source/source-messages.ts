/** From what Redis delivers to the messages a source sends. */
import type { RedisItem } from '../../drivers/redis/reading';
import type { RedisMessage } from '../../drivers/redis/subscribing';
import { newMessageId } from '../message-id';
import { decodeValue, type ReadAs } from '../redis-payload';
import type { SourceSettings } from './source-settings';

/** The fields a source sets; the index signature is Node-RED's. */
export interface SourceMessage {
  _msgid: string;
  topic: string;
  payload: unknown;
  /** Where the payload comes from: key, id, score, … */
  redis: Record<string, unknown>;
  [field: string]: unknown;
}

/** @throws PoolError those of `decodeValue` */
export function publishedMessage(message: RedisMessage, datatype: ReadAs): SourceMessage {
  const { channel, pattern } = message;
  const decoded = decodeValue(message.payload, datatype);
  // The bytes of a publication are shared with other nodes.
  const payload = Buffer.isBuffer(decoded) ? Buffer.from(decoded) : decoded;
  if (pattern === undefined) return { _msgid: newMessageId(), topic: channel, payload, redis: { channel } };
  return { _msgid: newMessageId(), topic: channel, payload, pattern, redis: { channel, pattern } };
}

/** An event of a key, however it was subscribed to; undefined if the channel is no notification. */
export function keyEventMessage({ channel, payload }: RedisMessage): SourceMessage | undefined {
  const parts = /^__key(space|event)@(\d+)__:(.*)$/s.exec(channel);
  if (!parts) return undefined;
  const [, kind, database, name = ''] = parts;
  const told = payload.toString();
  const [key, event] = kind === 'space' ? [name, told] : [told, name];
  return { _msgid: newMessageId(), topic: key, payload: event, redis: { key, event, database: Number(database) } };
}

/** @throws PoolError those of `decodeValue` */
export function itemMessage(item: RedisItem, settings: SourceSettings): SourceMessage {
  const { key, id, score } = item;
  const { datatype, field, request } = settings;
  if (id === undefined) {
    const redis = score === undefined ? { key } : { key, score };
    return { _msgid: newMessageId(), topic: key, payload: decodeValue(item.value, datatype), redis };
  }
  const redis =
    request?.kind === 'group'
      ? { key, id, group: request.group, consumer: request.consumer, deliveries: item.deliveries ?? 1 }
      : { key, id };
  return { _msgid: newMessageId(), topic: key, payload: readFields(item.fields ?? [], field, datatype), redis };
}

/** What goes with the error when an item can't be decoded, for a Catch node: the bytes as they are. */
export function rawItemMessage(item: RedisItem, settings: SourceSettings): SourceMessage {
  return itemMessage(item, { ...settings, datatype: 'buffer' });
}

/** Several messages as one, with an array of payloads; what belongs to each is an array in `msg.redis`. */
export function batchMessage(messages: readonly SourceMessage[], topic: string): SourceMessage {
  const redis: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(messages[0]?.redis ?? {})) {
    const plural = PLURALS[name];
    if (plural === undefined) redis[name] = value;
    else redis[plural] = messages.map((message) => message.redis[name]);
  }
  return { _msgid: newMessageId(), topic, payload: messages.map(({ payload }) => payload), redis };
}

/** What differs from message to message, and how a list of it is called. */
const PLURALS: Readonly<Record<string, string>> = {
  channel: 'channels',
  key: 'keys',
  event: 'events',
  score: 'scores',
  id: 'ids',
  deliveries: 'deliveries',
};

function readFields(fields: readonly Buffer[], wanted: string, datatype: ReadAs): unknown {
  const all: Record<string, unknown> = {};
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index]?.toString() ?? '';
    const value = fields[index + 1];
    if (value === undefined || (wanted !== '' && name !== wanted)) continue;
    const decoded = decodeValue(value, datatype);
    if (wanted !== '') return decoded;
    // An assignment would set the prototype.
    if (name === '__proto__')
      Object.defineProperty(all, name, { value: decoded, enumerable: true, configurable: true });
    else all[name] = decoded;
  }
  return wanted === '' ? all : undefined;
}
