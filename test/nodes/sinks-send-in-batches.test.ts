import assert from 'node:assert/strict';
import { startHttpServer } from '../support/http-server';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { httpProfile, httpSink } from './http-flow';
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
import { useUserDirectory } from './user-directory';

describe('sinks that send in batches', function () {
  this.timeout(30_000);
  const teardown = useTeardown();

  async function start(...nodes: FlowNode[]) {
    const recorders = ['got', 'completed', 'caught'].map((id) => recorder(id));
    const flow = await startFlow(teardown, [TAB, ...nodes, ...recorders, completer(['sink']), catcher()]);
    const [got = [], completed = [], caught = []] = ['got', 'completed', 'caught'].map((id) => flow.received(id));
    await flow.connected('sink');
    return { flow, got, completed, caught };
  }

  const redisSink = (properties: Record<string, unknown>) =>
    redisNode('sink', { key: 'topic', keyType: 'msg', structure: 'counter', outputs: 1, ...properties });

  for (const outbox of ['memory', 'disk']) {
    it(`write to Redis when there are enough, each with its own key, result and done (${outbox})`, async () => {
      useUserDirectory(teardown);
      const server = teardown.stopLater(await startRedis());
      const client = await server.client();
      await client.set('wrong', 'text');
      const { flow, got, completed, caught } = await start(
        redisProfile(server.port, { outbox }),
        redisSink({ batchCount: '3', batchSeconds: '3600', doneWhen: 'delivered' }),
      );
      flow.send('sink', { topic: 'a', payload: 5 });
      flow.send('sink', { topic: 'wrong', payload: 1 });
      assert.equal(await client.get('a'), null, 'it waits for the third');
      flow.send('sink', { topic: 'b', payload: 7 });
      await waitFor(() => completed.length === 2 && caught.length === 1, 'all to be done');
      assert.deepEqual(
        got.map(({ topic, payload }) => [topic, payload]),
        [
          ['a', 5],
          ['b', 7],
        ],
      );
      assert.equal(caught[0]?.topic, 'wrong');
      assert.match(caughtCode(caught[0]) ?? '', /^REDIS_/);
    });
  }

  it('write as one transaction, if arrays are: all or nothing', async () => {
    const server = teardown.stopLater(await startRedis());
    const { flow, completed, caught } = await start(
      redisProfile(server.port),
      redisSink({ batchCount: '2', batchSeconds: '3600', arrays: 'transaction' }),
    );
    flow.send('sink', { topic: 'a', payload: 1 });
    flow.send('sink', { topic: '', payload: 1 });
    await waitFor(() => caught.length === 1, 'the one without a key to fail at once');
    flow.send('sink', { topic: 'b', payload: 2 });
    await waitFor(() => completed.length === 2, 'the others to be done');
    const client = await server.client();
    assert.deepEqual(await client.mget('a', 'b'), ['1', '2']);
    assert.match(await client.info('commandstats'), /cmdstat_exec:calls=1,/);
  });

  it('write what there is when the time is over, and when they are stopped', async () => {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const { flow } = await start(redisProfile(server.port), redisSink({ batchCount: '100', batchSeconds: '0.05' }));
    flow.send('sink', { topic: 'a', payload: 1 });
    await waitForAsync(async () => (await client.get('a')) === '1', 'it to be written');
    const last = await client.get('a');
    assert.equal(last, '1');
    await flow.stop();
    const second = await start(redisProfile(server.port), redisSink({ batchCount: '100', batchSeconds: '3600' }));
    second.flow.send('sink', { topic: 'a', payload: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    await second.flow.stop();
    await waitForAsync(async () => (await client.get('a')) === '2', 'the other to be written');
  });

  it('send one request with an array of the bodies, apart for what differs otherwise', async () => {
    const server = teardown.stopLater(await startHttpServer((_request, response) => response.end('ok')));
    const { flow, got, completed } = await start(
      httpProfile(server.url),
      httpSink({ method: 'POST', path: '/{{topic}}', batchCount: '2', batchSeconds: '3600' }),
    );
    flow.send('sink', { topic: 'a', payload: { n: 1 } });
    flow.send('sink', { topic: 'b', payload: { n: 2 } });
    flow.send('sink', { topic: 'a', payload: { n: 3 } });
    await waitFor(() => completed.length === 2, 'the first two to be done');
    assert.deepEqual(
      server.seen.map(({ url, body }) => [url, JSON.parse(body) as unknown]),
      [['/a', [{ n: 1 }, { n: 3 }]]],
    );
    assert.equal(got.length, 1);
    flow.send('sink', { topic: 'b', payload: { n: 4 } });
    await waitFor(() => completed.length === 4, 'the others to be done');
    assert.deepEqual(JSON.parse(server.seen[1]?.body ?? ''), [{ n: 2 }, { n: 4 }]);
    assert.equal(server.seen[1]?.headers['content-type'], 'application/json');
  });

  it('publish one EdgeX event with the readings of all, apart for other names', async () => {
    const bus = await BUSES.mqtt(teardown);
    const sent = await bus.listen('edgex');
    const { flow, completed } = await start(
      bus.profile,
      edgexProfile('mqtt', { qos: '1' }),
      edgexNode('sink', { wires: [], device: 'device', deviceType: 'msg', batchCount: '2', batchSeconds: '3600' }),
    );
    flow.send('sink', { device: 'a', payload: { x: 1 } });
    flow.send('sink', { device: 'b', payload: { x: 2 } });
    flow.send('sink', { device: 'a', payload: { y: 3 } });
    await waitFor(() => completed.length === 2 && sent.length === 1, 'the event');
    const event = sent[0]?.message.event;
    assert.equal(event?.deviceName, 'a');
    assert.deepEqual(
      event?.readings.map(({ resourceName, value }) => [resourceName, value]),
      [
        ['x', 1],
        ['y', 3],
      ],
    );
  });
});
