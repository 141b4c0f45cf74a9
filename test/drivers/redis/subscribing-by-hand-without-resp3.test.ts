import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { useTeardown } from '../../support/teardown';

describe('subscribing by hand on a connection of its own', () => {
  const teardown = useTeardown();

  it('works without RESP3, too, and other commands fail until it has ended', async () => {
    const server = teardown.stopLater(await startRedis({ config: { 'rename-command': 'HELLO ""' } }));
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port), { dedicated: true });
    assert.equal(await node.run('SUBSCRIBE', 'a', 'b'), 2);
    const refused = await node.fails('GET', ['key']);
    assert.equal(refused.code, 'REDIS_ERROR');
    assert.match(refused.message, /subscriptions/);
    assert.equal(await node.run('UNSUBSCRIBE', 'a', 'b'), 0);
    assert.equal(await node.run('GET', 'key'), null);
  });

  it('works after RESET, which ends RESP3', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port), { dedicated: true });
    await node.run('RESET');
    assert.equal(await node.run('PSUBSCRIBE', 'a*'), 1);
    assert.equal(await node.run('PUNSUBSCRIBE', 'a*'), 0);
    assert.equal(await node.run('GET', 'key'), null);
  });
});
