/** From a reply to what a message carries: its values in the node's format, its shape as the node is set. */
import type { RedisCommand, RedisReply } from '../../drivers/redis/session';
import { decodeValue, type PayloadFormat } from '../redis-payload';
import type { Settings } from '../settings-readers';
import { nodeReaders } from './operation';
import { type Leaf, plainReply, shapedReply } from './reply-shapes';

/**
 * Commands whose replies hold no values of the user but names, ids and reports: these are text in every format but
 * `buffer`, so that the key `1` does not become a number.
 */
const TEXT_REPLIES: ReadonlySet<string> = new Set([
  ...['ACL', 'CLIENT', 'CLUSTER', 'COMMAND', 'CONFIG', 'DEBUG', 'FUNCTION', 'INFO', 'LATENCY', 'LOLWUT', 'MEMORY'],
  ...['MODULE', 'OBJECT', 'PING', 'PUBSUB', 'ROLE', 'SCRIPT', 'SLOWLOG', 'TIME', 'TYPE', 'BGSAVE', 'BGREWRITEAOF'],
  ...['GEODIST', 'GEOHASH', 'GEOPOS', 'ZSCORE', 'ZMSCORE', 'ZINCRBY', 'INCRBYFLOAT', 'HINCRBYFLOAT'],
  ...['HKEYS', 'KEYS', 'RANDOMKEY', 'SCAN', 'XADD', 'XGROUP', 'XSETID'],
]);

export interface ReplyFormat {
  readonly format: PayloadFormat;
  /** Replies that mean objects as objects. */
  readonly objects: boolean;
}

/** The setting `replies`: whether replies become objects. @throws PoolError `REDIS_INVALID_SETTINGS` */
export function readsObjects(settings: Settings): boolean {
  return nodeReaders.word(settings, 'replies', ['objects', 'raw']) !== 'raw';
}

/** @throws PoolError `INVALID_JSON` for a value that had to be JSON and isn't */
export function readReply(command: RedisCommand, reply: RedisReply, { format, objects }: ReplyFormat): unknown {
  const leaf = leafReader(TEXT_REPLIES.has(command.name) && format !== 'buffer' ? 'string' : format);
  return objects ? shapedReply(command, reply, leaf) : plainReply(reply, leaf);
}

/** The `OK` of a write is no JSON and no value of the user's: it stays. */
export function leafReader(format: PayloadFormat): Leaf {
  // Replies come as text then, and a long one need not be turned over twice.
  if (format === 'string') return (value) => value.toString();
  return (value) => {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
    if (format === 'json' && bytes.length === 2 && bytes.toString('latin1') === 'OK') return 'OK';
    return decodeValue(bytes, format);
  };
}
