import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import { catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const COUNT = 1000;

describe('a redis sink without a connection', () => {
  const teardown = useTeardown();

  async function start(port: number, profile: Record<string, unknown> = {}) {
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(port, profile),
      redisNode('sink', { key: 'list', structure: 'list' }),
      recorder('completed'),
      recorder('caught'),
      completer(['sink']),
      catcher(),
    ]);
    return { flow, completed: flow.received('completed'), caught: flow.received('caught') };
  }

  const numbers = Array.from({ length: COUNT }, (_, number) => String(number));

  it('writes 1000 messages of an outage in order, each done once', async function () {
    this.timeout(60_000);
    const server = teardown.stopLater(await startRedis());
    const { flow, completed, caught } = await start(server.port);
    await flow.connected('sink');
    await server.halt();
    for (const payload of numbers) flow.send('sink', { payload });
    await flow.shows('sink', /1000 queued/);
    assert.equal(completed.length + caught.length, 0);
    await server.start();
    await waitFor(
      () => completed.length >= COUNT,
      () => `all; ${completed.length} done, ${caught.length} failed`,
      20_000,
    );
    assert.deepEqual(await (await server.client()).lrange('list', 0, -1), numbers);
    await flow.connected('sink');
    await staysFalse(() => completed.length + caught.length > COUNT, 'a second done', 50);
  });

  it('writes them in order after it was disconnected on purpose', async () => {
    const server = teardown.stopLater(await startRedis());
    const { flow, completed, caught } = await start(server.port, { autoConnect: false });
    for (const payload of numbers) flow.send('sink', { payload });
    await flow.shows('sink', /1000 queued/);
    flow.send('sink', { action: 'connect' });
    await waitFor(
      () => completed.length >= COUNT + 1,
      () => `all; ${completed.length} done, ${caught.length} failed`,
    );
    assert.deepEqual(await (await server.client()).lrange('list', 0, -1), numbers);
    flow.send('sink', { action: 'disconnect' });
    await flow.shows('sink', 'node-red:common.status.disconnected');
    assert.equal(caught.length, 0);
  });

  it('gives up what waits when it is stopped', async () => {
    const server = teardown.stopLater(await startRedis());
    // Without a Catch node, which would be stopped too, the error is logged.
    const flow = await startFlow(teardown, [TAB, redisProfile(server.port), redisNode('sink', { key: 'k' })]);
    await flow.connected('sink');
    await server.halt();
    flow.send('sink', { payload: 'a' });
    await flow.shows('sink', /1 queued/);
    await flow.shutDown();
    const failed = () => flow.problems.filter((line) => line.startsWith('sink: '));
    await waitFor(
      () => failed().length > 0,
      () => `an error; logged ${flow.logged.join('; ')}`,
    );
    assert.equal(failed().length, 1);
  });
});
