/**
 * Which commands may be sent again when nobody knows whether they were carried out: those where twice is the same as
 * once. Everything else counts, moves, appends or depends on what was there before.
 */
import type { RedisCommand, RedisArgument } from './session';

/** Reads, and writes that set something to a value; some of them with exceptions, see `isSafeToResend`. */
export const SAFE_COMMANDS: ReadonlySet<string> = new Set(
  `GET MGET GETRANGE SUBSTR STRLEN EXISTS TYPE TTL PTTL EXPIRETIME PEXPIRETIME KEYS SCAN RANDOMKEY DBSIZE DUMP OBJECT
  MEMORY HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HSCAN HRANDFIELD HTTL HPTTL LRANGE LINDEX LLEN LPOS SMEMBERS
  SISMEMBER SMISMEMBER SCARD SRANDMEMBER SSCAN SINTER SUNION SDIFF SINTERCARD ZRANGE ZREVRANGE ZRANGEBYSCORE
  ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX ZSCORE ZMSCORE ZRANK ZREVRANK ZCARD ZCOUNT ZLEXCOUNT ZSCAN ZRANDMEMBER ZINTER
  ZUNION ZDIFF ZINTERCARD XRANGE XREVRANGE XLEN XINFO XPENDING XREAD GETBIT BITCOUNT BITPOS BITFIELD_RO PFCOUNT GEODIST
  GEOHASH GEOPOS GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO SORT_RO EVAL_RO EVALSHA_RO FCALL_RO LCS JSON.GET JSON.MGET
  JSON.TYPE JSON.STRLEN JSON.ARRLEN JSON.OBJKEYS JSON.OBJLEN PING ECHO TIME INFO COMMAND LASTSAVE ROLE PUBSUB CONFIG CLIENT
  SLOWLOG LATENCY ACL TOUCH
  MSET SETEX PSETEX SETRANGE SETBIT HSET HMSET HDEL SADD SREM LREM ZREM ZREMRANGEBYSCORE
  ZREMRANGEBYLEX DEL UNLINK EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST XACK XDEL XTRIM PFADD PFMERGE COPY SINTERSTORE
  SUNIONSTORE SDIFFSTORE ZINTERSTORE ZUNIONSTORE ZDIFFSTORE ZRANGESTORE GEOADD JSON.SET JSON.DEL JSON.MSET
  HEXPIRE HPEXPIRE HPERSIST`.split(/\s+/),
);

/** Whether sending this command twice does the same as sending it once. */
export function isSafeToResend({ name, args }: RedisCommand): boolean {
  switch (name) {
    case 'SET':
      return !hasOption(args, 2, 'NX', 'XX', 'GET');
    case 'ZADD':
      return !hasOption(args, 1, 'NX', 'INCR');
    case 'LREM':
      return Number(args[1]) === 0;
    case 'CONFIG':
      return hasOption(args.slice(0, 1), 0, 'GET', 'SET');
    case 'OBJECT':
    case 'CLIENT':
    case 'ACL':
    case 'SLOWLOG':
    case 'LATENCY':
      return !hasOption(args.slice(0, 1), 0, 'KILL', 'RESET', 'PAUSE', 'UNBLOCK', 'DELUSER');
    default:
      return SAFE_COMMANDS.has(name);
  }
}

function hasOption(args: readonly RedisArgument[], from: number, ...options: string[]): boolean {
  return args
    .slice(from)
    .some((arg) => typeof arg === 'string' && arg.length < 12 && options.includes(arg.toUpperCase()));
}
