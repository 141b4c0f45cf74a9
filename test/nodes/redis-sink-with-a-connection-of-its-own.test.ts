import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis sink with a connection of its own', () => {
  const teardown = useTeardown();

  it('shares it with nobody', async () => {
    const server = teardown.stopLater(await startRedis());
    const sinks = [
      redisNode('sink', { key: 'a' }),
      redisNode('sink', { id: 'second', key: 'b' }),
      redisNode('sink', { id: 'own', key: 'c', dedicated: true }),
    ];
    const flow = await startFlow(teardown, [TAB, redisProfile(server.port), ...sinks]);
    await flow.connected('sink', 'second', 'own');
    assert.equal(await server.sockets(), 2);
  });
});
