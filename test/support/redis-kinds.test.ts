/** The servers the other tests start: each kind comes up, is reached, counts its clients and leaves nothing behind. */
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { startRedisCluster } from './redis-cluster';
import { startRedisSentinel } from './redis-sentinel';
import { startRedis } from './redis-server';
import { useTeardown } from './teardown';
import { waitForAsync } from './waiting';

describe('the Redis servers of the tests', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('a standalone server counts foreign clients and survives freezing and restarting on its port', async () => {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    assert.equal(await server.sockets(), 0);
    const foreign = new Redis(server.url);
    teardown.defer(() => foreign.disconnect());
    foreign.on('error', () => {});
    await foreign.ping();
    assert.equal(await server.sockets(), 1);
    server.pause();
    server.resume();
    await server.restart();
    assert.equal(await client.ping(), 'PONG');
    await waitForAsync(async () => (await server.sockets()) === 1, 'the foreign client to be back');
  });

  it('takes a password, users, TLS and a socket file', async () => {
    const acl = ['alice on >secret ~a:* &* +@all', 'default off'];
    const servers = await Promise.all([
      startRedis({ password: 'secret' }),
      startRedis({ acl }),
      startRedis({ tls: true }),
      startRedis({ unixSocket: true }),
    ]);
    for (const server of servers) {
      teardown.stopLater(server);
      assert.equal(await (await server.client()).ping(), 'PONG');
    }
    const [password, users, , unix] = servers;
    await assert.rejects(password.client({ username: 'default', password: 'wrong' }));
    const alice = await users.client({ username: 'alice', password: 'secret' });
    await assert.rejects(alice.get('b:1'), /NOPERM/);
    assert.equal(await (await unix.client({ path: unix.socketPath })).ping(), 'PONG');
  });

  it('a cluster serves all slots', async () => {
    const cluster = teardown.stopLater(await startRedisCluster());
    const client = await cluster.client();
    for (const key of ['a', 'b', 'c', 'd']) assert.equal(await client.set(key, '1'), 'OK');
    assert.equal(await cluster.sockets(), 0);
  });

  it('a Sentinel promotes the replica of a killed master', async () => {
    const group = teardown.stopLater(await startRedisSentinel());
    const client = await group.client();
    await client.set('key', '1');
    await client.wait(1, 5000);
    await group.killMaster();
    await group.failedOver();
    assert.equal(await client.get('key'), '1');
  });
});
