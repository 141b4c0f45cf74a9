import assert from 'node:assert/strict';
import { freePort } from '../support/ports';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor, waitForAsync } from '../support/waiting';
import {
  catcher,
  caughtCode,
  completer,
  type FlowNode,
  recorder,
  redisNode,
  redisProfile,
  startFlow,
  TAB,
} from './node-red';
import { emptied, useUserDirectory } from './user-directory';

const COUNT = 2_000;
const numbers = Array.from({ length: COUNT }, (_, number) => String(number));

describe('the outbox of Redis sinks', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  async function start(port: number, sinkProperties = {}, profileProperties = {}) {
    const nodes: FlowNode[] = [
      TAB,
      redisProfile(port, { outbox: 'disk', ...profileProperties }),
      redisNode('sink', { key: 'list', structure: 'list', outputs: 1, ...sinkProperties }),
      ...['got', 'completed', 'caught'].map((id) => recorder(id)),
      completer(['sink']),
      catcher(),
    ];
    const flow = await startFlow(teardown, nodes);
    const [got = [], completed = [], caught = []] = ['got', 'completed', 'caught'].map((id) => flow.received(id));
    return { flow, got, completed, caught };
  }

  it('writes all of an outage in order, once, each done when it is safe', async () => {
    const directory = useUserDirectory(teardown);
    const server = teardown.stopLater(await startRedis());
    const { flow, completed, caught } = await start(server.port);
    await flow.connected('sink');
    await server.halt();
    await flow.shows('sink', /disconnected/);
    for (const payload of numbers) flow.send('sink', { payload });
    await waitFor(
      () => completed.length === COUNT,
      () => `all to be safe; ${completed.length} are, ${caught.length} failed`,
    );
    await server.start();
    const client = await server.client();
    await waitForAsync(async () => (await client.llen('list')) === COUNT, 'all to be written', 30_000);
    assert.deepEqual(await client.lrange('list', 0, -1), numbers);
    await emptied(flow);
    await flow.stop();
    assert.deepEqual(directory.outboxes, []);
  });

  it('keeps what the server has not answered, over a restart, too', async () => {
    useUserDirectory(teardown);
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const first = await start(server.port);
    await first.flow.connected('sink');
    await client.client('PAUSE', 60_000, 'WRITE');
    first.flow.send('sink', { payload: 'a' });
    await waitFor(() => first.completed.length === 1, 'it to be safe');
    await first.flow.stop();
    await client.client('UNPAUSE');
    const written = await client.llen('list');
    await start(server.port);
    await waitForAsync(async () => (await client.llen('list')) > written, 'it to be written');
    assert.equal(await client.lindex('list', -1), 'a');
  });

  it('keeps what the server refuses for now, and the order', async () => {
    useUserDirectory(teardown);
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const { flow, completed, caught } = await start(server.port);
    await flow.connected('sink');
    await client.config('SET', 'maxmemory', '1');
    for (const payload of numbers.slice(0, 100)) flow.send('sink', { payload });
    await waitFor(() => completed.length === 100, 'all to be safe');
    await client.config('SET', 'maxmemory', '0');
    await waitForAsync(async () => (await client.llen('list')) === 100, 'all to be written', 30_000);
    assert.deepEqual(await client.lrange('list', 0, -1), numbers.slice(0, 100));
    assert.equal(caught.length, 0);
  });

  it('tells of what the server refuses for good, with what it was', async () => {
    useUserDirectory(teardown);
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    await client.set('list', 'text');
    const port = await freePort();
    const { flow, completed, caught } = await start(port);
    flow.send('sink', { payload: 'a' });
    await waitFor(() => completed.length === 1, 'it to be safe');
    await flow.stop();
    const second = await start(server.port);
    await waitFor(() => second.caught.length === 1, 'the error');
    assert.equal(caught.length, 0);
    assert.equal(caughtCode(second.caught[0]), 'REDIS_WRONGTYPE');
    assert.deepEqual([second.caught[0]?.topic, second.caught[0]?.payload], ['list', ['a']]);
  });

  it('gives the results on when it is done with the delivery', async () => {
    useUserDirectory(teardown);
    const server = teardown.stopLater(await startRedis());
    const { flow, got, completed } = await start(server.port, { doneWhen: 'delivered', arrays: 'pipeline' });
    flow.send('sink', { payload: ['a', 'b'] });
    await waitFor(() => got.length === 1, 'the first result');
    flow.send('sink', { payload: 'c' });
    await waitFor(() => got.length === 2 && completed.length === 2, 'the results');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [[1, 2], 3],
    );
  });

  it('gives no results when it is done with the disk', async () => {
    useUserDirectory(teardown);
    const server = teardown.stopLater(await startRedis());
    const { flow, got, completed } = await start(server.port);
    await flow.connected('sink');
    flow.send('sink', { payload: 'a' });
    await waitFor(() => completed.length === 1, 'it to be done');
    const client = await server.client();
    await waitForAsync(async () => (await client.llen('list')) === 1, 'it to be written');
    await staysFalse(() => got.length > 0, 'a result', 50);
  });

  it('marks what is sent late with a field, where there are fields', async () => {
    useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed } = await start(port, { structure: 'stream', key: 'stream' }, { resendMark: 'late' });
    flow.send('sink', { payload: { a: '1' } });
    await waitFor(() => completed.length === 1, 'it to be safe');
    const server = teardown.stopLater(await startRedis({ port }));
    const client = await server.client();
    await waitForAsync(async () => (await client.xlen('stream')) === 1, 'it to be written');
    await flow.connected('sink');
    flow.send('sink', { payload: { a: '2' } });
    await waitForAsync(async () => (await client.xlen('stream')) === 2, 'the other to be written');
    assert.deepEqual(
      (await client.xrange('stream', '-', '+')).map(([, fields]) => fields),
      [
        ['a', '1', 'late', 'true'],
        ['a', '2'],
      ],
    );
  });
});
