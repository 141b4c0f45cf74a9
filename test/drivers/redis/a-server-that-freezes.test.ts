import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { errorOf, nextLoss, reached } from '../../support/states';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';

describe('a server that answers nothing any more', () => {
  const teardown = useTeardown();

  it('is given up, and used again when it is back', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port, { commandTimeoutMillis: 300 }));
    await node.lease.connect();
    const lost = nextLoss(node.lease);
    let why: string | undefined;
    node.lease.onState((state) => {
      if (state.kind === 'waiting') why ??= errorOf(state).code;
    });
    server.pause();
    await lost;
    assert.equal(why, 'REDIS_NO_ANSWER');
    server.resume();
    await reached(node.lease, 'connected');
    assert.equal(await node.run('SET', 'key', 'value'), 'OK');
  });

  it('is noticed behind a path that stopped forwarding, too', async () => {
    const server = teardown.stopLater(await startRedis());
    const proxy = teardown.stopLater(await startProxy(server.port));
    const node = new RedisNode(redisPool(teardown), redisProfile(proxy.port, { commandTimeoutMillis: 300 }));
    await node.lease.connect();
    const lost = nextLoss(node.lease);
    proxy.silence(true);
    await lost;
    proxy.silence(false);
    await reached(node.lease, 'connected');
    assert.equal(await node.run('PING'), 'PONG');
  });

  it('keeps a connection that is only slow to answer', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port, { commandTimeoutMillis: 2000 }));
    await node.lease.connect();
    const slow = node.run(
      'EVAL',
      "local t = redis.call('TIME'); local e = t[1] * 1000 + t[2] / 1000 + 1200; repeat t = redis.call('TIME') until t[1] * 1000 + t[2] / 1000 > e; return 'late'",
      0,
    );
    assert.equal(await slow, 'late');
    assert.equal(node.lease.state.kind, 'connected');
  });
});
