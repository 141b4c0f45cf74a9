import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { nextLoss } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('commands sent while there is no connection', () => {
  const teardown = useTeardown();

  it('are carried out in their order when it is back', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    await node.lease.connect();
    const lost = nextLoss(node.lease);
    await server.halt('SIGKILL');
    await lost;
    const sent = Array.from({ length: 1000 }, (_unused, index) => node.run('RPUSH', 'list', index));
    assert.equal(node.session.queued, 1000);
    await server.start();
    assert.deepEqual(
      await Promise.all(sent),
      sent.map((_unused, index) => index + 1),
    );
    assert.deepEqual(
      await node.run('LRANGE', 'list', 0, -1),
      sent.map((_unused, index) => String(index)),
    );
    assert.equal(node.session.queued, 0);
  });

  it('are carried out before the connection is made for the first time, too', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    assert.equal(await node.run('SET', 'key', 'value'), 'OK');
  });

  it('are refused beyond the limits of their own node, and of no other', async () => {
    const server = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const small = new RedisNode(pool, redisProfile(server.port), { queue: { maxCount: 2 } });
    const other = new RedisNode(pool, redisProfile(server.port));
    await small.lease.connect();
    const lost = nextLoss(small.lease);
    await server.halt('SIGKILL');
    await lost;
    const kept = [small.run('RPUSH', 'list', 'a'), small.run('RPUSH', 'list', 'b')];
    assert.equal((await small.fails('RPUSH', ['list', 'c'])).code, 'QUEUE_FULL');
    kept.push(other.run('RPUSH', 'list', 'd'));
    await server.start();
    await Promise.all(kept);
    assert.deepEqual(await other.run('LRANGE', 'list', 0, -1), ['a', 'b', 'd']);
  });
});
