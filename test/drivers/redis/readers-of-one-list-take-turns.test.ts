import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('readers of one list', () => {
  const teardown = useTeardown();

  it('get each item once, in turn', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const nodes = [1, 2, 3].map(
      () => new ReadingNode(pool, standalone(redis.port), { kind: 'list', key: 'work', end: 'left' }),
    );
    for (const node of nodes) await node.active();
    const total = () => nodes.reduce((sum, { items }) => sum + items.length, 0);
    for (let at = 1; at <= 30; at += 1) {
      await client.rpush('work', at);
      await waitFor(() => total() === at, `item ${at}`);
    }
    assert.deepEqual(
      nodes.map(({ items }) => items.length),
      [10, 10, 10],
    );
  });

  it('share a long list evenly, and another list is served meanwhile', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const values = Array.from({ length: 4000 }, (_, at) => `${at}`);
    await client.rpush('work', ...values);
    await client.rpush('zzz', ...values);
    const nodes = ['work', 'work', 'zzz'].map(
      (key) => new ReadingNode(pool, standalone(redis.port), { kind: 'list', key, end: 'left' }),
    );
    const [first, second, other] = nodes;
    assert.ok(first && second && other);
    await waitFor(() => first.items.length + second.items.length === 4000, 'all items');
    assert.ok(other.items.length >= 1000, `the other list has been served ${other.items.length} items`);
    await other.got(4000);
    assert.equal(new Set([...first.values, ...second.values]).size, 4000);
    assert.equal(first.items.length, 2000);
  });
});
