import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

describe('a hundred lists', () => {
  const teardown = useTeardown();

  it('are read over one socket beside that of the commands', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const nodes = Array.from(
      { length: 100 },
      (_, at) => new ReadingNode(pool, standalone(redis.port), { kind: 'list', key: `list ${at}`, end: 'left' }),
    );
    for (const node of nodes) await node.active();
    const client = await redis.client();
    for (const [at, node] of nodes.entries()) {
      await client.rpush(`list ${at}`, `${at} a`, `${at} b`);
      await node.got(2);
      assert.deepEqual(node.values, [`${at} a`, `${at} b`]);
    }
    assert.equal(await redis.sockets(), 2);
  });

  it('and as many sorted sets over one more', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const profile = standalone(redis.port);
    const nodes = Array.from({ length: 100 }, (_, at) => [
      new ReadingNode(pool, profile, { kind: 'list', key: `list ${at}`, end: 'left' }),
      new ReadingNode(pool, profile, { kind: 'sorted-set', key: `set ${at}`, end: 'min' }),
    ]).flat();
    for (const node of nodes) await node.active();
    assert.equal(await redis.sockets(), 3);
    for (const node of nodes) await node.stop();
    assert.equal(await redis.sockets(), 0);
  });

  it('are polled where blocking is not possible', async () => {
    const redis = teardown.stopLater(await startRedis({ config: { 'rename-command': 'BLMPOP ""' } }));
    const pool = redisPool(teardown);
    const nodes = ['one', 'two'].map(
      (key) => new ReadingNode(pool, standalone(redis.port), { kind: 'list', key, end: 'left' }),
    );
    for (const node of nodes) await node.active();
    const client = await redis.client();
    for (const node of nodes) {
      await client.rpush(node.reader.request.key, 'a', 'b');
      await node.got(2);
      assert.deepEqual(node.values, ['a', 'b']);
    }
  });
});
