/**
 * Replies in the shapes of RESP2, whatever the server speaks, so that a flow means the same on every server: RESP3 gives
 * pairs where RESP2 gives a flat list, and the reply of XREAD is a map, which arrives flat.
 */
import type { RedisCommand, RedisReply } from './session';

/** Their replies are lists of pairs in RESP3 (with WITHSCORES, WITHVALUES or a count) and flat in RESP2. */
const PAIRED = new Set(
  `ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZUNION ZINTER ZDIFF ZRANDMEMBER ZPOPMIN ZPOPMAX HRANDFIELD`.split(
    ' ',
  ),
);

/** @param command with its name in upper case */
export function asResp2({ name }: RedisCommand, reply: RedisReply): RedisReply {
  if (!Array.isArray(reply)) return reply;
  if (name === 'XREAD' || name === 'XREADGROUP') return isPairs(reply) ? reply : inPairs(reply);
  return PAIRED.has(name) && isPairs(reply) ? reply.flat() : reply;
}

function isPairs(reply: readonly RedisReply[]): reply is RedisReply[][] {
  return reply.length > 0 && reply.every((each) => Array.isArray(each) && each.length === 2);
}

function inPairs(flat: readonly RedisReply[]): RedisReply[] {
  return Array.from({ length: flat.length / 2 }, (_unused, index) => flat.slice(index * 2, index * 2 + 2));
}
