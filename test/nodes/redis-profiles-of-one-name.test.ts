import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('redis profiles of one name', () => {
  const teardown = useTeardown();

  it('with different databases write to two databases', async () => {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port, { name: 'Local', database: '1' }),
      redisProfile(server.port, { id: 'other', name: 'Local', database: '2' }),
      redisNode('sink', { key: 'k', value: 'one', valueType: 'str' }),
      redisNode('sink', { id: 'second', profile: 'other', key: 'k', value: 'two', valueType: 'str' }),
      recorder('completed'),
      completer(['sink', 'second']),
    ]);
    const completed = flow.received('completed');
    flow.send('sink', {});
    flow.send('second', {});
    await waitFor(() => completed.length === 2, 'both writes');
    const [first, second] = [await server.client({ db: 1 }), await server.client({ db: 2 })];
    assert.deepEqual([await first.get('k'), await second.get('k')], ['one', 'two']);
    assert.equal(await server.sockets(), 2);
  });

  it('and of equal settings share one connection', async () => {
    const server = teardown.stopLater(await startRedis());
    const sinks = Array.from({ length: 20 }, (_, n) =>
      redisNode('sink', { id: `sink${n}`, profile: n % 2 ? 'profile' : 'other', key: `k${n}` }),
    );
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port, { name: 'a' }),
      redisProfile(server.port, { id: 'other', name: 'b' }),
      ...sinks,
    ]);
    await flow.connected(...sinks.map(({ id }) => id));
    assert.equal(await server.sockets(), 1);
  });
});
