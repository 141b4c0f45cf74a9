import assert from 'node:assert/strict';
import { InOrder } from '../../src/runtime/in-order';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('messages to a redis sink keep their order', () => {
  const teardown = useTeardown();

  it('when what has to be found out about them takes longer for one than for the next', async () => {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('sink', {
        structure: 'list',
        key: '"items" & $string($count($filter([0..steps], function($n) { $n < 0 })))',
        keyType: 'jsonata',
      }),
      recorder('completed'),
      completer(['sink']),
    ]);
    const completed = flow.received('completed');
    const steps = [1000, 10, 500, 0, 100];
    for (const [index, count] of steps.entries()) flow.send('sink', { payload: String(index), steps: count });
    await waitFor(() => completed.length === steps.length, 'the messages to be done');
    assert.deepEqual(await (await server.client()).lrange('items0', 0, -1), ['0', '1', '2', '3', '4']);
  });

  it('each running when all before it have run', () => {
    const order = new InOrder();
    const ran: string[] = [];
    const places = ['a', 'b', 'c'].map((name) => ({ name, inTurn: order.enter() }));
    for (const { name, inTurn } of places.toReversed()) inTurn(() => ran.push(name));
    assert.deepEqual(ran, ['a', 'b', 'c']);
    order.enter()(() => ran.push('d'));
    assert.equal(ran.at(-1), 'd');
  });
});
