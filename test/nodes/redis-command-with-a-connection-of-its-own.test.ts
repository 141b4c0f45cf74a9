import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';
import { caughtCode, catcher, PLACE, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis command node with a connection of its own', () => {
  const teardown = useTeardown();

  async function start(profileProperties: Record<string, unknown> = {}) {
    const server = teardown.stopLater(await startRedis());
    const shared = { command: 'payload', commandType: 'msg' };
    const nodes = [
      TAB,
      redisProfile(server.port, profileProperties),
      redisNode('command', shared),
      { ...redisNode('command', { ...shared, dedicated: true, wires: [['gotOwn']] }), id: 'own', ...PLACE },
      recorder(),
      recorder('gotOwn'),
      recorder('caught'),
      catcher(),
    ];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('command', 'own');
    const [got, gotOwn, caught] = [flow.received('got'), flow.received('gotOwn'), flow.received('caught')];
    return { server, nodes, flow, got, gotOwn, caught };
  }

  it('waits at the server without holding others up, for longer than commands may take', async () => {
    const { server, flow, got, gotOwn, caught } = await start({ commandTimeoutSeconds: '1' });
    const redis = await server.client();
    flow.send('own', { payload: ['BLPOP', 'queue', 0] });
    const isBlocked = async () => /^blocked_clients:1/m.test(await redis.info('clients'));
    await waitForAsync(isBlocked, 'a blocked client');
    flow.send('command', { payload: ['GET', 'nothing'] });
    await waitFor(() => got.length === 1, 'the reply to the other node');
    await redis.blpop('nothing', 1.3);
    assert.equal(gotOwn.length, 0);
    await redis.rpush('queue', 'item');
    await waitFor(() => gotOwn.length === 1, 'the item');
    assert.deepEqual(gotOwn[0]?.payload, { key: 'queue', value: 'item' });
    assert.deepEqual(caught, []);
    assert.equal(await server.sockets(), 2);
  });

  it('selects a database for itself alone', async () => {
    const { server, flow, got, gotOwn } = await start();
    const redis = await server.client();
    flow.send('own', { payload: ['SELECT', 1] });
    flow.send('own', { payload: ['SET', 'key', 'one'] });
    await waitFor(() => gotOwn.length === 2, 'the replies');
    flow.send('command', { payload: ['GET', 'key'] });
    await waitFor(() => got.length === 1, 'the other reply');
    assert.equal(got[0]?.payload, null);
    await redis.select(1);
    assert.equal(await redis.get('key'), 'one');
  });

  it('begins anew when it is deployed again', async () => {
    const { nodes, flow, gotOwn } = await start();
    flow.send('own', { payload: ['SELECT', 1] });
    await waitFor(() => gotOwn.length === 1, 'the reply');
    await flow.deploy(
      nodes.map((node) => (node.id === 'own' ? { ...node, name: 'changed' } : node)),
      'nodes',
    );
    flow.send('own', { payload: ['CLIENT', 'INFO'] });
    await waitFor(() => gotOwn.length === 2, 'the reply of the new node');
    assert.equal((gotOwn[1]?.payload as Record<string, string> | undefined)?.['db'], '0');
  });

  it('makes transactions by hand, which fail when a watched key changes', async () => {
    const { flow, got, gotOwn } = await start();
    const own = async (...payload: unknown[]) => {
      const before = gotOwn.length;
      flow.send('own', { payload });
      await waitFor(() => gotOwn.length > before, `the reply to ${String(payload[0])}`);
      return gotOwn.at(-1)?.payload;
    };
    assert.equal(await own('WATCH', 'key'), 'OK');
    assert.equal(await own('MULTI'), 'OK');
    assert.equal(await own('INCR', 'key'), 'QUEUED');
    assert.deepEqual(await own('EXEC'), [1]);
    assert.equal(await own('WATCH', 'key'), 'OK');
    flow.send('command', { payload: ['SET', 'key', '5'] });
    await waitFor(() => got.length === 1, 'the change');
    await own('MULTI');
    await own('INCR', 'key');
    assert.equal(await own('EXEC'), null);
  });

  it('refuses what leaves no replies, like any other', async () => {
    const { flow, caught } = await start();
    flow.send('own', { payload: ['MONITOR'] });
    flow.send('own', { payload: ['CLIENT', 'REPLY', 'OFF'] });
    await waitFor(() => caught.length === 2, 'the errors');
    assert.deepEqual(caught.map(caughtCode), ['REDIS_UNSUPPORTED', 'REDIS_UNSUPPORTED']);
  });
});
