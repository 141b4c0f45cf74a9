import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor, waitForAsync } from '../support/waiting';
import {
  caughtCode,
  catcher,
  completer,
  type FlowNode,
  recorder,
  redisNode,
  redisProfile,
  startFlow,
  TAB,
} from './node-red';

describe('a redis command node without a connection', () => {
  const teardown = useTeardown();

  async function start(
    properties: Record<string, unknown>,
    profileProperties: Record<string, unknown> = {},
    others: readonly FlowNode[] = [],
  ) {
    const server = teardown.stopLater(await startRedis({ config: { appendonly: 'yes' } }));
    const nodes = [
      TAB,
      redisProfile(server.port, profileProperties),
      redisNode('command', properties),
      ...others,
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['command']),
    ];
    const flow = await startFlow(teardown, nodes);
    const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
    return { server, nodes, flow, got, caught, completed };
  }

  const ANY = { command: 'payload', commandType: 'msg' };

  it('waits during an outage, in order, and gives up what has a time-out, for good', async () => {
    const patient = { ...redisNode('command', ANY), id: 'patient' };
    const { server, flow, got, caught } = await start({ ...ANY, timeoutSeconds: '0.3' }, {}, [patient]);
    await flow.connected('command', 'patient');
    await server.halt();
    await flow.shows('command', /lost|refused|reach|wait|connect/i);
    flow.send('command', { payload: ['SET', 'late', '1'] });
    await waitFor(() => caught.length === 1, 'the time-out');
    assert.equal(caughtCode(caught[0]), 'REDIS_TIMEOUT');
    await server.start();
    await flow.connected('patient');
    flow.send('patient', { payload: ['EXISTS', 'late'] });
    await waitFor(() => got.length === 1, 'the reply');
    assert.equal(got[0]?.payload, 0);
  });

  for (const [operation, properties] of [
    ['command', ANY],
    ['pipeline', { operation: 'pipeline' }],
    ['lookup', { operation: 'lookup', key: 'topic', keyType: 'msg' }],
    ['scan', { operation: 'scan', each: 'batch' }],
  ] as const) {
    it(`keeps a ${operation} until someone connects`, async () => {
      const { flow, got, caught, completed } = await start(properties, { autoConnect: false });
      const payload = operation === 'pipeline' ? [['PING']] : ['PING'];
      flow.send('command', { payload, topic: 'key' });
      await staysFalse(() => got.length + caught.length > 0, 'an answer', 30);
      flow.send('command', { action: 'connect' });
      await waitFor(() => completed.length === 2, 'both to be done');
      assert.equal(got.length, 1);
    });
  }

  it('goes on with a scan after it was disconnected and connected again', async () => {
    const { server, flow, got, completed, caught } = await start({ operation: 'scan', count: '1' });
    const redis = await server.client();
    await redis.mset(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key:${index}`, 'x'])));
    let sent = false;
    flow.node('got').on('input', () => {
      if (sent || got.length < 50) return;
      sent = true;
      flow.send('command', { action: 'disconnect' });
    });
    flow.send('command', { payload: 'scan' });
    await waitFor(() => completed.length === 1, 'the disconnection');
    assert.equal(completed[0]?.['action'], 'disconnect');
    flow.send('command', { action: 'connect' });
    await waitFor(() => completed.length + caught.length === 3, 'the end', 15_000);
    assert.deepEqual(caught.map(caughtCode), []);
    assert.equal(new Set(got.map(({ payload }) => payload)).size, 500);
  });

  it('ends what is under way when it is removed', async () => {
    const { server, nodes, flow, got } = await start({ ...ANY, dedicated: true });
    const redis = await server.client();
    await flow.connected('command');
    flow.send('command', { payload: ['BLPOP', 'queue', 0] });
    const isBlocked = async () => /^blocked_clients:1/m.test(await redis.info('clients'));
    await waitForAsync(isBlocked, 'a blocked client');
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'command'),
      'full',
    );
    await redis.rpush('queue', 'item');
    await staysFalse(() => got.length > 0, 'an item', 30);
    assert.equal(await redis.llen('queue'), 1);
  });
});
