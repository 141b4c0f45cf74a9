import assert from 'node:assert/strict';
import { Random, seeds } from '../../support/random';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

const ITEMS = 20_000;
const LISTS = 20;

describe('readers that come and go while items come in', () => {
  const teardown = useTeardown();

  for (const seed of seeds(3)) {
    it(`lose no item and double none (seed ${seed})`, async () => {
      const random = new Random(seed);
      const redis = teardown.stopLater(await startRedis());
      const pool = redisPool(teardown);
      const profile = standalone(redis.port);
      const client = await redis.client();
      // Keeps the connection, so that only readers come and go.
      const steady = new ReadingNode(pool, profile, { kind: 'list', key: 'list 0', end: 'left' });
      const all = [steady];
      const present: ReadingNode[] = [];
      const gone: Promise<void>[] = [];
      for (let id = 0; id < ITEMS; ) {
        const pushes = client.pipeline();
        for (const end = Math.min(ITEMS, id + random.int(1, 100)); id < end; id += 1)
          pushes.rpush(`list ${random.int(0, LISTS - 1)}`, id);
        const pushed = pushes.exec();
        if (random.chance(0.6)) {
          const end = random.pick(['left', 'left', 'left', 'right'] as const);
          const slow = random.chance(0.3);
          const node = new ReadingNode(
            pool,
            profile,
            { kind: 'list', key: `list ${random.int(0, LISTS - 1)}`, end, count: random.int(1, 20) },
            () => (slow ? new Promise((resolve) => setImmediate(resolve)) : undefined),
          );
          all.push(node);
          present.push(node);
        }
        if (present.length > 0 && random.chance(0.5)) {
          gone.push(...present.splice(random.int(0, present.length - 1), 1).map((node) => node.stop()));
        }
        if (random.chance(0.5)) await pushed;
      }
      gone.push(...present.map((node) => node.stop()), steady.stop());
      await Promise.all(gone);
      const got = all.flatMap(({ values }) => values.map(Number));
      const left: number[] = [];
      for (let list = 0; list < LISTS; list += 1) {
        left.push(...(await client.lrange(`list ${list}`, 0, -1)).map(Number));
      }
      assert.ok(got.length > 1000, `the readers got ${got.length} items`);
      assert.deepEqual(
        [...got, ...left].sort((one, other) => one - other),
        Array.from({ length: ITEMS }, (_, id) => id),
      );
    });
  }

  it('lose no member of a sorted set, nor its score', async () => {
    const random = new Random(4);
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const scores = new Map<string, number>();
    const nodes: ReadingNode[] = [];
    for (let round = 0; round < 100; round += 1) {
      const node = new ReadingNode(pool, standalone(redis.port), {
        kind: 'sorted-set',
        key: 'set',
        end: random.pick(['min', 'max'] as const),
        count: 5,
      });
      nodes.push(node);
      const adds = client.pipeline();
      for (let at = 0; at < 20; at += 1) {
        const member = `${round}-${at}`;
        scores.set(member, random.next() - 0.5);
        adds.zadd('set', `${scores.get(member)}`, member);
      }
      await adds.exec();
      await node.stop();
    }
    const left = await client.zrange('set', '0', '-1', 'WITHSCORES');
    const got = nodes.flatMap(({ items }) => items.map(({ value, score = NaN }) => [value.toString(), score] as const));
    for (let at = 0; at < left.length; at += 2) got.push([left[at] ?? '', Number(left[at + 1])]);
    assert.equal(got.length, 2000);
    for (const [member, score] of got) assert.equal(score, scores.get(member));
  });
});
