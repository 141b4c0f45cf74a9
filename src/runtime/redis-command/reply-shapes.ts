/**
 * Replies that are lists but mean objects: Redis answers HGETALL with names and values in turn. Which replies mean what
 * is written down here, command by command; a command that is not here keeps its plain reply.
 */
import type { RedisCommand, RedisReply } from '../../drivers/redis/session';

/** Reads the values of the user within a reply; everything else in it (names, ids) is text. */
export type Leaf = (value: string | Buffer) => unknown;
type Shape = (reply: RedisReply, leaf: Leaf) => unknown;

/** The reply as it came, with its values read. */
export function plainReply(reply: RedisReply, leaf: Leaf): unknown {
  if (Array.isArray(reply)) return reply.map((element) => plainReply(element, leaf));
  return typeof reply === 'string' || Buffer.isBuffer(reply) ? leaf(reply) : reply;
}

/** The reply as an object, or as several, where the command's reply means that. */
export function shapedReply({ name, args }: RedisCommand, reply: RedisReply, leaf: Leaf): unknown {
  const subcommand = typeof args[0] === 'string' ? args[0].toUpperCase() : '';
  const has = (option: string) => args.some((arg) => typeof arg === 'string' && arg.toUpperCase() === option);
  const shape =
    SHAPES[name] ??
    SHAPES[`${name} ${subcommand}`] ??
    (WITH_SCORES.has(name) && has('WITHSCORES') ? members : undefined) ??
    (name === 'HRANDFIELD' && has('WITHVALUES') ? fieldList : undefined);
  return shape ? shape(reply, leaf) : plainReply(reply, leaf);
}

const asText: Leaf = (value) => value.toString();
const text = (reply: RedisReply | undefined): unknown => plainReply(reply ?? null, asText);

/**
 * Elements two by two, as names and values in turn or as arrays of two: which it is depends on the protocol. What has
 * neither form has no pairs.
 */
function pairsOf(reply: RedisReply): [RedisReply, RedisReply][] | undefined {
  if (!Array.isArray(reply)) return undefined;
  if (reply.every((element) => Array.isArray(element) && element.length === 2))
    return reply as [RedisReply, RedisReply][];
  if (reply.length % 2 !== 0) return undefined;
  const pairs: [RedisReply, RedisReply][] = [];
  for (let index = 0; index < reply.length; index += 2) pairs.push([reply[index] ?? null, reply[index + 1] ?? null]);
  return pairs;
}

/** Names and values in turn, as an object. */
const object =
  (value: (reply: RedisReply, leaf: Leaf, name: string) => unknown = plainReply): Shape =>
  (reply, leaf) => {
    const pairs = pairsOf(reply);
    if (!pairs) return plainReply(reply, leaf);
    return Object.fromEntries(
      pairs.map(([name, item]) => {
        const key = String(text(name));
        return [key, value(item, leaf, key)];
      }),
    );
  };

const list =
  (shape: Shape): Shape =>
  (reply, leaf) =>
    Array.isArray(reply) ? reply.map((element) => shape(element, leaf)) : plainReply(reply, leaf);

/** An array of a fixed length as an object with these names; what has another form stays plain. */
const named =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (reply, leaf) => {
    const names = Object.keys(shapes);
    if (!Array.isArray(reply) || reply.length === 0) return plainReply(reply, leaf);
    return Object.fromEntries(
      names.flatMap((name, index) => {
        const element = reply[index];
        return element === undefined ? [] : [[name, (shapes[name] ?? plainReply)(element, leaf)]];
      }),
    );
  };

const details: Shape = (reply) => text(reply);
const info = object((reply) => text(reply));
const number: Shape = (reply, leaf) => {
  const value = reply === null ? null : toNumber(String(text(reply)));
  return typeof value === 'number' && Number.isNaN(value) ? plainReply(reply, leaf) : value;
};

function toNumber(value: string): number {
  if (/^\+?inf$/i.test(value)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(value)) return Number.NEGATIVE_INFINITY;
  return Number(value);
}

const members: Shape = (reply, leaf) =>
  pairsOf(reply)?.map(([value, score]) => ({ value: plainReply(value, leaf), score: number(score, leaf) })) ??
  plainReply(reply, leaf);
const fieldList: Shape = (reply, leaf) =>
  pairsOf(reply)?.map(([field, value]) => ({ field: text(field), value: plainReply(value, leaf) })) ??
  plainReply(reply, leaf);
const entry: Shape = (reply, leaf) =>
  Array.isArray(reply) ? named({ id: details, fields: object() })(reply, leaf) : text(reply);
const entries = list(entry);
const streams = object((reply, leaf) => entries(reply, leaf));
const streamInfo = object((reply, leaf, name) => {
  if (name === 'first-entry' || name === 'last-entry') return entry(reply, leaf);
  if (name === 'entries') return entries(reply, leaf);
  return name === 'groups'
    ? list(object((item, _leaf, key) => (key === 'consumers' ? list(info)(item, leaf) : text(item))))(reply, leaf)
    : text(reply);
});
const pending: Shape = (reply, leaf) =>
  Array.isArray(reply) && !Array.isArray(reply[0]) && reply.length > 0
    ? named({ count: details, first: details, last: details, consumers: pendingByConsumer })(reply, leaf)
    : list(named({ id: details, consumer: details, idleMillis: details, deliveries: details }))(reply, leaf);
const pendingByConsumer: Shape = (reply, leaf) => (Array.isArray(reply) ? object(number)(reply.flat(), leaf) : {});
const page = (items: Shape): Shape => named({ cursor: details, items });
const slow = named({ id: details, time: details, micros: details, command: details, client: details, name: details });

/** Text of lines `name:value`, as INFO answers. */
const lines =
  (separator: string): Shape =>
  (reply) => {
    const all = String(text(reply)).split(/\r?\n/);
    const split = all.filter((line) => line.includes(separator) && !line.startsWith('#'));
    return Object.fromEntries(
      split.map((line) => {
        const at = line.indexOf(separator);
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
  };
const client = (line: string): unknown =>
  Object.fromEntries(
    line.split(' ').map((item) => {
      const at = item.indexOf('=');
      return [item.slice(0, at), item.slice(at + 1)];
    }),
  );

const WITH_SCORES: ReadonlySet<string> = new Set([
  ...['ZRANGE', 'ZREVRANGE', 'ZRANGEBYSCORE', 'ZREVRANGEBYSCORE', 'ZUNION', 'ZINTER', 'ZDIFF', 'ZRANDMEMBER'],
]);

const SHAPES: Readonly<Record<string, Shape>> = {
  HGETALL: object(),
  HSCAN: page(object()),
  SCAN: page(plainReply),
  SSCAN: page(plainReply),
  ZSCAN: page(members),
  ZPOPMIN: members,
  ZPOPMAX: members,
  ZSCORE: number,
  ZMSCORE: list(number),
  ZINCRBY: number,
  BZPOPMIN: named({ key: details, value: plainReply, score: number }),
  BZPOPMAX: named({ key: details, value: plainReply, score: number }),
  ZMPOP: named({ key: details, items: members }),
  BZMPOP: named({ key: details, items: members }),
  LMPOP: named({ key: details, items: plainReply }),
  BLMPOP: named({ key: details, items: plainReply }),
  BLPOP: named({ key: details, value: plainReply }),
  BRPOP: named({ key: details, value: plainReply }),
  XRANGE: entries,
  XREVRANGE: entries,
  XCLAIM: entries,
  XREAD: streams,
  XREADGROUP: streams,
  XAUTOCLAIM: named({ next: details, entries, deleted: details }),
  XPENDING: pending,
  'XINFO STREAM': streamInfo,
  'XINFO GROUPS': list(info),
  'XINFO CONSUMERS': list(info),
  GEOPOS: list(named({ longitude: number, latitude: number })),
  INFO: lines(':'),
  'CLUSTER INFO': lines(':'),
  'CLIENT LIST': (reply) => String(text(reply)).trim().split('\n').map(client),
  'CLIENT INFO': (reply) => client(String(text(reply)).trim()),
  'CLIENT TRACKINGINFO': info,
  'CONFIG GET': info,
  'PUBSUB NUMSUB': info,
  'PUBSUB SHARDNUMSUB': info,
  'ACL GETUSER': info,
  'ACL LOG': list(info),
  'MEMORY STATS': info,
  'MODULE LIST': list(info),
  'FUNCTION LIST': list(object((reply, leaf, name) => (name === 'functions' ? list(info)(reply, leaf) : text(reply)))),
  'FUNCTION STATS': info,
  'SLOWLOG GET': list(slow),
};
