import assert from 'node:assert/strict';
import type { RedisCommand } from '../../../src/drivers/redis/session';
import { CLIENT_CERTIFICATE, CLIENT_KEY, TEST_CA } from '../../support/certificates';
import { startRedisCluster } from '../../support/redis-cluster';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedisSentinel } from '../../support/redis-sentinel';
import { startRedis } from '../../support/redis-server';
import { errorOf, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('Redis', () => {
  const teardown = useTeardown();

  it('over TLS takes a trusted certificate and refuses another', async () => {
    const server = teardown.stopLater(await startRedis({ tls: true }));
    const pool = redisPool(teardown);
    const tls = { ca: TEST_CA, cert: CLIENT_CERTIFICATE, key: CLIENT_KEY };
    const trusting = new RedisNode(pool, redisProfile(server.port, { tls }));
    assert.equal(await trusting.run('PING'), 'PONG');
    const stranger = new RedisNode(pool, redisProfile(server.port, { tls: {} }));
    assert.equal(errorOf(await reached(stranger.lease, 'refused')).code, 'REDIS_TLS');
  });

  it('at a socket file', async () => {
    const server = teardown.stopLater(await startRedis({ unixSocket: true }));
    const node = new RedisNode(redisPool(teardown), { endpoint: { kind: 'unix', path: server.socketPath } });
    assert.equal(await node.run('PING'), 'PONG');
    assert.equal(node.lease.address, `unix:${server.socketPath}`);
  });

  it('with RESP2 gives the same replies', async () => {
    const server = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const replies = [];
    for (const protocol of [2, 3] as const) {
      const node = new RedisNode(pool, redisProfile(server.port, { protocol }));
      await node.run('DEL', 'hash', 'zset', 'stream');
      await node.run('HSET', 'hash', 'a', '1', 'b', '2');
      await node.run('ZADD', 'zset', '1.5', 'a', '2', 'b');
      await node.run('XADD', 'stream', '1-1', 'field', 'value');
      const commands: RedisCommand[] = [
        { name: 'HGETALL', args: ['hash'] },
        { name: 'ZRANGE', args: ['zset', 0, -1, 'WITHSCORES'] },
        { name: 'ZREVRANGEBYSCORE', args: ['zset', 9, 0, 'WITHSCORES'] },
        { name: 'ZRANDMEMBER', args: ['zset', 2, 'WITHSCORES'] },
        { name: 'ZSCORE', args: ['zset', 'a'] },
        { name: 'HRANDFIELD', args: ['hash', 2, 'WITHVALUES'] },
        { name: 'XRANGE', args: ['stream', '-', '+'] },
        { name: 'XREAD', args: ['STREAMS', 'stream', 'other', '0', '0'] },
        { name: 'XREAD', args: ['STREAMS', 'other', '0'] },
        { name: 'CONFIG', args: ['GET', 'maxmemory'] },
        { name: 'GET', args: ['nothing'] },
        { name: 'ZPOPMIN', args: ['zset'] },
        { name: 'ZPOPMAX', args: ['zset', 1] },
      ];
      const outcomes = await node.session.pipeline(commands);
      await node.run('ZADD', 'zset', '1.5', 'a', '2', 'b');
      replies.push([outcomes.map(({ reply }) => reply), await node.session.transaction(commands)]);
      assert.equal(node.session.server?.protocol, protocol);
    }
    assert.deepEqual(replies[0], replies[1]);
  });

  it('behind a Sentinel is found again when another server becomes the master', async function () {
    this.timeout(60_000);
    const group = teardown.stopLater(await startRedisSentinel());
    const node = new RedisNode(redisPool(teardown), {
      endpoint: { kind: 'sentinel', sentinels: group.sentinels, masterName: group.masterName },
    });
    assert.equal(await node.run('SET', 'before', '1'), 'OK');
    await group.killMaster();
    const during = node.run('SET', 'during', '1');
    await group.failedOver();
    assert.equal(await during, 'OK');
    assert.equal(await (await group.replica.client()).get('during'), '1');
  });

  it('as a cluster takes keys of all slots, and says what it can not do', async function () {
    this.timeout(60_000);
    const cluster = teardown.stopLater(await startRedisCluster());
    const node = new RedisNode(redisPool(teardown), { endpoint: { kind: 'cluster', nodes: cluster.nodes } });
    await node.lease.connect();
    const keys = Array.from({ length: 100 }, (_unused, index) => `key:${index}`);
    assert.deepEqual(
      await Promise.all(keys.map((key) => node.run('SET', key, key))),
      keys.map(() => 'OK'),
    );
    assert.deepEqual(await Promise.all(keys.map((key) => node.run('GET', key))), keys);
    assert.equal((await node.fails('MGET', ['key:1', 'key:2'])).code, 'REDIS_CROSSSLOT');
    const outcomes = await node.session.transaction([
      { name: 'INCR', args: ['{t}a'] },
      { name: 'INCR', args: ['{t}b'] },
    ]);
    assert.deepEqual(outcomes, [{ reply: 1 }, { reply: 1 }]);
    const single = new RedisNode(redisPool(teardown), redisProfile(cluster.masters[0]?.port ?? 0));
    const moved = await Promise.all(
      keys.map((key) => single.run('GET', key).catch((error: { code: string }) => error.code)),
    );
    assert.ok(moved.includes('REDIS_MOVED'));
  });
});
