import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

for (const protocol of [3, 2] as const) {
  describe(`members of a sorted set (RESP${protocol})`, () => {
    const teardown = useTeardown();

    it('come with their scores, the least or the greatest first', async () => {
      const redis = teardown.stopLater(await startRedis());
      const pool = redisPool(teardown);
      const client = await redis.client();
      for (const key of ['least', 'greatest']) {
        await client.zadd(key, '-inf', 'a', -1.25, 'b', 0, 'c', 1e300, 'd', 'inf', 'e');
      }
      const profile = standalone(redis.port, { protocol });
      const least = new ReadingNode(pool, profile, { kind: 'sorted-set', key: 'least', end: 'min', count: 2 });
      const greatest = new ReadingNode(pool, profile, { kind: 'sorted-set', key: 'greatest', end: 'max' });
      await least.got(5);
      await greatest.got(5);
      const expected = [
        ['a', -Infinity],
        ['b', -1.25],
        ['c', 0],
        ['d', 1e300],
        ['e', Infinity],
      ];
      const seen = (node: ReadingNode) => node.items.map(({ value, score }) => [value.toString(), score]);
      assert.deepEqual(seen(least), expected);
      assert.deepEqual(seen(greatest), [...expected].reverse());
      await client.zadd('least', 0.1, 'waited for');
      await least.got(6);
      assert.equal(least.items[5]?.score, 0.1);
      assert.deepEqual(
        least.batches.map(({ length }) => length),
        [2, 2, 1, 1],
      );
    });
  });
}
