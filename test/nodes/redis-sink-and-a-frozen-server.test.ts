import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis sink and a server that freezes', () => {
  const teardown = useTeardown();

  it('gives a message up when its time is over, and goes on when the server answers again', async function () {
    this.timeout(60_000);
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port, { commandTimeoutSeconds: '1' }),
      redisNode('sink', { key: 'list', structure: 'list' }),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['sink']),
    ]);
    await flow.connected('sink');
    const [caught, completed] = [flow.received('caught'), flow.received('completed')];
    server.pause();
    flow.send('sink', { payload: 'lost' });
    await waitFor(() => caught.length === 1, 'the error', 10_000);
    assert.match(String(caughtCode(caught[0])), /^REDIS_(TIMEOUT|OUTCOME_UNKNOWN)$/);
    server.resume();
    flow.send('sink', { payload: 'kept' });
    await waitFor(
      () => completed.length === 1,
      () => `the write; caught ${JSON.stringify(caught)}`,
      15_000,
    );
    const items = await (await server.client()).lrange('list', 0, -1);
    assert.equal(items.at(-1), 'kept');
    assert.deepEqual([caught.length, items.filter((item) => item === 'kept').length], [1, 1]);
  });
});
