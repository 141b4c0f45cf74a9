import assert from 'node:assert/strict';
import { freePort } from '../../support/ports';
import { startRedisSentinel } from '../../support/redis-sentinel';
import { RedisNode, redisPool } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { errorOf, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('a profile for another kind of Redis', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  async function waiting(endpoint: ConstructorParameters<typeof RedisNode>[1]['endpoint']): Promise<string> {
    const node = new RedisNode(redisPool(teardown), { endpoint });
    return errorOf(await reached(node.lease, 'waiting')).message;
  }

  it('says that the Sentinel knows no master of this name', async () => {
    const { sentinels } = teardown.stopLater(await startRedisSentinel());
    const told = await waiting({ kind: 'sentinel', sentinels, masterName: 'another' });
    assert.match(told, /: they know no master of this name; check it in the profile\.$/);
  });

  it('says that the Sentinel wants another login', async () => {
    const group = teardown.stopLater(await startRedisSentinel({ sentinelPassword: 'right' }));
    const { sentinels, masterName } = group;
    const told = await waiting({ kind: 'sentinel', sentinels, masterName });
    assert.match(told, /: they want another login; check their user name and password in the profile\.$/);
  });

  it('says that there is no Sentinel', async () => {
    const sentinels = [{ host: '127.0.0.1', port: await freePort() }];
    const told = await waiting({ kind: 'sentinel', sentinels, masterName: 'any' });
    assert.match(told, /: none of them can be reached; check their addresses, and that they run\.$/);
  });

  it('says that a server is not part of a cluster', async () => {
    const { port } = teardown.stopLater(await startRedis());
    const told = await waiting({ kind: 'cluster', nodes: [{ host: '127.0.0.1', port }] });
    assert.match(told, /This server is not part of a cluster; choose another mode in the profile\.$/);
  });
});
