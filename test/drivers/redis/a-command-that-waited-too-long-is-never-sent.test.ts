import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { nextLoss } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('a command with a deadline', () => {
  const teardown = useTeardown();

  it('that passed while it waited is not sent when the connection is back', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    await node.lease.connect();
    const lost = nextLoss(node.lease);
    await server.halt('SIGKILL');
    await lost;
    const patient = node.run('SET', 'patient', '1');
    const error = await node.fails('SET', ['hasty', '1'], { timeoutMillis: 60 });
    assert.equal(error.code, 'REDIS_TIMEOUT');
    assert.match(error.message, /never will be/);
    await server.start();
    await patient;
    assert.equal(await node.run('EXISTS', 'hasty'), 0);
  });

  it('that passed while the server was silent fails, and others go on when it is back', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    await node.lease.connect();
    server.pause();
    const patient = node.run('GET', 'key');
    const error = await node.fails('SET', ['key', '1'], { timeoutMillis: 60 });
    assert.equal(error.code, 'REDIS_TIMEOUT');
    assert.match(error.message, /may have carried it out/);
    server.resume();
    // Sent before the SET was: it can't see it.
    assert.equal(await patient, null);
  });
});
