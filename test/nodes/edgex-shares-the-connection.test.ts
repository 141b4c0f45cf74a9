import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { SERVER_CERTIFICATE, SERVER_KEY, TEST_CA } from '../support/certificates';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { edgexNode, edgexProfile } from './edgex-flow';
import { type FlowNode, profile, recorder, redisNode, redisProfile, sink, source, startFlow, TAB } from './node-red';

const TLS: FlowNode = { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true };
const EDGEX: readonly FlowNode[] = [
  edgexNode('source', { id: 'edgex-source' }),
  edgexNode('sink', { id: 'edgex-sink', device: 'd', wires: [] }),
  edgexNode('command', { id: 'edgex-command', device: 'd', command: 'c' }),
  recorder(),
  recorder('plain'),
];
const EDGEX_IDS = ['edgex-source', 'edgex-sink', 'edgex-command'];

describe('EdgeX nodes and plain nodes of one profile', () => {
  const teardown = useTeardown();

  it('are one socket on MQTT with password and TLS, and closing one cuts off none', async () => {
    const tls = { ca: TEST_CA, cert: SERVER_CERTIFICATE, key: SERVER_KEY };
    const broker = teardown.stopLater(await startMosquitto({ tls, users: { alice: 'right' } }));
    const plain = [
      source({ topic: 'plain/#', datatype: 'utf8', wires: [['plain']] }),
      sink({ topic: 'plain/a', topicType: 'str' }),
    ];
    const nodes = [TAB, TLS, profile(broker.port, { usetls: true, tls: 'tls' }), edgexProfile('mqtt'), ...plain];
    const credentials = { tls: { cadata: TEST_CA }, profile: { user: 'alice', password: 'right' } };
    const flow = await startFlow(teardown, [...nodes, ...EDGEX], credentials);
    const [got, seen] = [flow.received('got'), flow.received('plain')];
    await flow.connected('source', 'sink', ...EDGEX_IDS);
    flow.send('edgex-sink', { payload: { a: 1 } });
    flow.send('sink', { payload: 'x' });
    await waitFor(() => got.length === 1 && seen.length === 1, 'both messages');
    assert.equal(broker.count('CONNECT'), 1);

    // One is set otherwise, then all are deleted: the plain nodes go on, on the same connection.
    const changed = EDGEX.map((node) => (node.id === 'edgex-source' ? { ...node, output: 'reading' } : node));
    await flow.deploy([...nodes, ...changed], 'nodes');
    await flow.connected(...EDGEX_IDS);
    await waitFor(() => {
      flow.send('edgex-sink', { payload: { a: 2 } });
      return got.some(({ payload }) => (payload as unknown) === 2);
    }, 'an event after the deploy');
    await flow.deploy([...nodes, recorder(), recorder('plain')], 'nodes');
    flow.send('sink', { payload: 'y' });
    await waitFor(() => seen.length === 2, 'the message after the deletion');
    assert.deepEqual([broker.count('CONNECT'), broker.count('DISCONNECT')], [1, 0]);
    assert.ok(!flow.logged.some((line) => line.includes('right')));
  });

  it('are two sockets on Redis with an ACL user, password and TLS, and closing one cuts off none', async () => {
    const acl = ['default off', 'alice on >right ~* &* +@all'];
    const server = teardown.stopLater(await startRedis({ tls: true, acl }));
    const plain = [
      redisNode('source', { mode: 'subscribe', key: 'plain', wires: [['plain']] }),
      redisNode('command', {
        command: 'PUBLISH',
        args: [{ value: 'plain' }, { value: 'payload', type: 'msg' }],
        wires: [[]],
      }),
    ];
    const nodes = [TAB, TLS, redisProfile(server.port, { usetls: true, tls: 'tls' }), edgexProfile('redis'), ...plain];
    const credentials = { tls: { cadata: TEST_CA }, profile: { user: 'alice', password: 'right' } };
    const flow = await startFlow(teardown, [...nodes, ...EDGEX], credentials);
    const [got, seen] = [flow.received('got'), flow.received('plain')];
    await flow.connected('source', 'command', ...EDGEX_IDS);
    flow.send('edgex-sink', { payload: { a: 1 } });
    flow.send('command', { payload: 'x' });
    await waitFor(() => got.length === 1 && seen.length === 1, 'both messages');
    const sockets = async () =>
      (await server.clients()).map(({ id }) => id).toSorted((a = '', b = '') => a.localeCompare(b));
    const first = await sockets();
    assert.equal(first.length, 2);

    const changed = EDGEX.map((node) => (node.id === 'edgex-source' ? { ...node, output: 'reading' } : node));
    await flow.deploy([...nodes, ...changed], 'nodes');
    await flow.connected(...EDGEX_IDS);
    const borrowers = () => getPool().snapshot().connections[0]?.borrowers.length;
    await waitFor(() => borrowers() === 5, 'all nodes');
    await waitFor(() => {
      flow.send('edgex-sink', { payload: { a: 2 } });
      return got.some(({ payload }) => (payload as unknown) === 2);
    }, 'an event after the deploy');
    await flow.deploy([...nodes, recorder(), recorder('plain')], 'nodes');
    await waitFor(() => borrowers() === 2, 'the plain nodes alone');
    flow.send('command', { payload: 'y' });
    await waitFor(() => seen.length === 2, 'the message after the deletion');
    assert.deepEqual(await sockets(), first);
    assert.ok(!flow.logged.some((line) => line.includes('right')));
  });

  it('unless an EdgeX node asks for a connection of its own', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [edgexNode('source', { dedicated: true }), edgexNode('sink', { wires: [] }), recorder()];
    const flow = await startFlow(teardown, [TAB, profile(broker.port), edgexProfile('mqtt'), ...nodes]);
    await flow.connected('source', 'sink');
    assert.equal(broker.count('CONNECT'), 2);
  });

  it('stop and go together when a message of an EdgeX node says so', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const other = teardown.stopLater(await startMosquitto());
    const nodes = [edgexNode('source'), edgexNode('sink', { wires: [] }), recorder(), source({ id: 'plain-source' })];
    const flow = await startFlow(teardown, [TAB, profile(broker.port), edgexProfile('mqtt'), ...nodes]);
    const got = flow.received('got');
    await flow.connected('source', 'sink', 'plain-source');
    flow.send('sink', { action: 'disconnect' });
    for (const id of ['source', 'sink', 'plain-source']) await flow.shows(id, 'node-red:common.status.disconnected');
    flow.send('sink', { payload: { a: 1 } });
    flow.send('sink', { action: 'connect', broker: { broker: '127.0.0.1', port: other.port } });
    await waitFor(() => got.length > 0, 'what waited meanwhile');
    assert.deepEqual([broker.count('CONNECT'), other.count('CONNECT')], [1, 1]);
  });

  it('move together when the settings of the profile change in a deploy', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [edgexProfile('mqtt'), source({ topic: 'plain/#', wires: [['plain']] }), ...EDGEX];
    const flow = await startFlow(teardown, [TAB, profile(broker.port, { clientid: 'me', keepalive: '60' }), ...nodes]);
    const got = flow.received('got');
    await flow.connected('source', ...EDGEX_IDS);
    await flow.deploy([TAB, profile(broker.port, { clientid: 'me', keepalive: '30' }), ...nodes], 'nodes');
    await broker.waitForLog(/ as me .*k30/);
    await waitFor(() => {
      flow.send('edgex-sink', { payload: { a: 1 } });
      return got.length > 0;
    }, 'an event over the new connection');
    assert.equal(broker.count('CONNECT'), 2);
    assert.equal(
      getPool()
        .snapshot()
        .connections.filter(({ borrowers }) => borrowers.length > 0).length,
      1,
    );
  });

  for (const protocolVersion of ['4', '5']) {
    it(`get each message once, however their topics overlap, on MQTT of version ${protocolVersion}`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const nodes = [
        profile(broker.port, { protocolVersion }),
        edgexProfile('mqtt'),
        edgexNode('source', { id: 'all', topic: '#', wires: [['got-all']] }),
        edgexNode('source', { id: 'events', wires: [['got-events']] }),
        source({ id: 'plain', topic: 'edgex/events/#', wires: [['got-plain']] }),
        edgexNode('sink', { wires: [] }),
        ...['got-all', 'got-events', 'got-plain'].map((id) => recorder(id)),
      ];
      const flow = await startFlow(teardown, [TAB, ...nodes]);
      const received = ['got-all', 'got-events', 'got-plain'].map((id) => flow.received(id));
      await flow.connected('all', 'events', 'plain', 'sink');
      for (const a of [1, 2, 3]) flow.send('sink', { payload: { a } });
      await waitFor(() => received.every((messages) => messages.length >= 3), 'all events');
      assert.deepEqual(
        received.map((messages) => messages.length),
        [3, 3, 3],
      );
      assert.equal(broker.count('CONNECT'), 1);
    });
  }
});
