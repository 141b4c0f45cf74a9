import assert from 'node:assert/strict';
import { startRedisCluster } from '../../support/redis-cluster';
import { ReadingNode } from '../../support/redis-reader';
import { redisPool } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

describe('lists and sorted sets of a cluster', () => {
  const teardown = useTeardown();

  it('are read wherever their slots are', async () => {
    const cluster = teardown.stopLater(await startRedisCluster());
    const profile = { endpoint: { kind: 'cluster', nodes: cluster.nodes } } as const;
    const pool = redisPool(teardown);
    const client = await cluster.client();
    const keys = ['one', 'two', 'three', 'four', 'five', 'six'];
    const lists = keys.map((key) => new ReadingNode(pool, profile, { kind: 'list', key, end: 'left' }));
    const set = new ReadingNode(pool, profile, { kind: 'sorted-set', key: 'set', end: 'min' });
    const reliable = new ReadingNode(pool, profile, {
      kind: 'reliable-list',
      key: '{work}',
      processingKey: '{work}:mine',
      end: 'left',
    });
    const apart = new ReadingNode(pool, profile, {
      kind: 'reliable-list',
      key: 'work 1',
      processingKey: 'work 2',
      end: 'left',
    });
    for (const node of [...lists, set, reliable]) await node.active(10_000);
    for (const node of lists) {
      const { key } = node.reader.request;
      await client.rpush(key, `${key} a`, `${key} b`);
      await node.got(2);
      assert.deepEqual(node.values, [`${key} a`, `${key} b`]);
    }
    await client.zadd('set', 1, 'a');
    await set.got(1);
    await client.rpush('{work}', 'a');
    await reliable.got(1);
    await reliable.items[0]?.settle?.('done');
    assert.equal(await client.exists('{work}:mine'), 0);
    const error = await apart.failed();
    assert.match(error.code, /^REDIS_CROSSSLOT$/);
    for (const node of lists) await node.stop();
  }).timeout(40_000);
});
