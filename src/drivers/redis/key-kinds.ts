/** Which argument of a command is a key or a channel, and of what type: for the names the editor suggests. Values never are. */
import type { NamesOfKind, SeenNames } from '../../core/seen-names';
import type { RedisCommand } from './session';

const KINDS: Readonly<Record<string, string>> = {
  channel: 'PUBLISH SPUBLISH',
  list: 'LPUSH RPUSH LPUSHX RPUSHX LPOP RPOP LRANGE LLEN LINDEX LREM LTRIM LSET LINSERT LPOS LMOVE RPOPLPUSH',
  stream: 'XADD XLEN XRANGE XREVRANGE XTRIM XDEL XACK XPENDING XCLAIM XAUTOCLAIM',
  'sorted-set':
    'ZADD ZINCRBY ZREM ZCARD ZCOUNT ZSCORE ZMSCORE ZRANK ZREVRANK ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ' +
    'ZRANGEBYLEX ZREMRANGEBYSCORE ZREMRANGEBYRANK ZREMRANGEBYLEX ZPOPMIN ZPOPMAX ZSCAN',
  key:
    'GET SET SETEX PSETEX SETNX GETSET GETDEL GETEX APPEND STRLEN GETRANGE SETRANGE INCR INCRBY INCRBYFLOAT DECR DECRBY ' +
    'MGET EXISTS TYPE TTL PTTL EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST DEL UNLINK HGET HSET HMGET HMSET HGETALL HDEL ' +
    'HEXISTS HINCRBY HINCRBYFLOAT HKEYS HVALS HLEN HSETNX HSCAN SADD SREM SMEMBERS SISMEMBER SMISMEMBER SCARD SPOP ' +
    'SRANDMEMBER SSCAN PFADD PFCOUNT GEOADD GEOPOS GEODIST GEOSEARCH SETBIT GETBIT BITCOUNT JSON.GET JSON.SET JSON.DEL ' +
    'JSON.MERGE JSON.ARRAPPEND JSON.NUMINCRBY TS.ADD TS.GET',
};
/** Their keys stand behind the script and the number of keys. */
const SCRIPTS: ReadonlySet<string> = new Set(['EVAL', 'EVALSHA', 'EVAL_RO', 'EVALSHA_RO', 'FCALL', 'FCALL_RO']);

const kindOf = new Map(Object.entries(KINDS).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind])));

const KEYSPACE = /^__keyspace@\d+__:/;

/** Notes the names that pass over one Redis connection. */
export class SeenByRedis {
  readonly #seen: SeenNames;
  readonly #channels: NamesOfKind;
  readonly #byCommand: ReadonlyMap<string, NamesOfKind>;

  constructor(seen: SeenNames) {
    this.#seen = seen;
    this.#channels = seen.of('channel');
    this.#byCommand = new Map([...kindOf].map(([name, kind]) => [name, seen.of(kind)]));
  }

  /** A command leaves; its first key or channel counts. */
  command({ name, args }: RedisCommand): void {
    const names = this.#byCommand.get(name);
    if (names) note(names, args[0]);
    else if (SCRIPTS.has(name) && Number(args[1]) > 0) note(this.#seen.of('key'), args[2]);
  }

  /** A message came on a channel. Those of the server itself tell of a key, or are no channels to publish on. */
  channel(name: string): void {
    if (!name.startsWith('__key')) this.#channels.note(name);
    else if (KEYSPACE.test(name)) this.#seen.of('key').note(name.replace(KEYSPACE, ''));
  }

  /** Something was taken from a list, sorted set or stream. */
  taken(kind: 'list' | 'sorted-set' | 'stream', key: string): void {
    this.#seen.of(kind).note(key);
  }
}

function note(names: NamesOfKind, argument: unknown): void {
  if (typeof argument === 'string') names.note(argument);
}
