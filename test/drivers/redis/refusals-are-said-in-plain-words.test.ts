import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { errorOf, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('a connection that Redis refuses', () => {
  const teardown = useTeardown();

  it('for a wrong password says so without showing it, and connects when it is repaired', async () => {
    const server = teardown.stopLater(await startRedis({ password: 'right' }));
    const pool = redisPool(teardown);
    const node = new RedisNode(pool, redisProfile(server.port, { password: 'S3cret!' }));
    const error = errorOf(await reached(node.lease, 'refused'));
    assert.equal(error.code, 'REDIS_WRONGPASS');
    assert.match(error.message, /Check user name and password/);
    const told = JSON.stringify([pool.snapshot(), error.message, String(error.cause), error.stack]);
    assert.ok(!told.includes('S3cret!'), told);
    const direct = await server.client();
    const waiting = node.run('SET', 'key', 'value');
    await direct.config('SET', 'requirepass', 'S3cret!');
    assert.equal(await waiting, 'OK');
  });

  it('for a missing password says so', async () => {
    const server = teardown.stopLater(await startRedis({ password: 'right' }));
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    assert.equal(errorOf(await reached(node.lease, 'refused')).code, 'REDIS_NOAUTH');
  });

  it('for a database that does not exist says so, and writes into no other', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port, { database: 99 }));
    assert.equal(errorOf(await reached(node.lease, 'refused')).code, 'REDIS_INVALID_DATABASE');
    assert.equal((await node.fails('SET', ['key', 'x'], { timeoutMillis: 50 })).code, 'REDIS_TIMEOUT');
    assert.equal(await (await server.client()).dbsize(), 0);
  });

  it('because nobody listens says where', async () => {
    const server = await startRedis();
    await server.stop();
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    const error = errorOf(await reached(node.lease, 'waiting'));
    assert.equal(error.code, 'REDIS_UNREACHABLE');
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${server.port}`));
  });

  it('because of its maximum of clients names that as a reason', async () => {
    const server = teardown.stopLater(await startRedis({ config: { maxclients: '2' } }));
    await server.client();
    await server.client();
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    assert.equal(errorOf(await reached(node.lease, 'waiting')).code, 'REDIS_HUNG_UP');
  });
});
