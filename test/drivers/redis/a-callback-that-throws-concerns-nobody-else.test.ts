import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a callback of a command that throws', () => {
  const teardown = useTeardown();

  it('is a warning, and every other command is answered', async () => {
    const server = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const warnings: string[] = [];
    pool.onWarning(({ message }) => warnings.push(message));
    const node = new RedisNode(pool, redisProfile(server.port));
    await node.lease.connect();
    node.session.send({ name: 'PING', args: [] }, {}, () => {
      throw new Error('thrown on purpose');
    });
    assert.deepEqual(await Promise.all([node.run('PING'), node.run('PING')]), ['PONG', 'PONG']);
    await waitFor(() => warnings.includes('thrown on purpose'), 'the warning');
    assert.equal(node.lease.state.kind, 'connected');
  });
});
