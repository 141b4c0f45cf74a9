import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import type { StatePayload } from '../../src/runtime/pool-status/state-message';
import { getPool } from '../../src/runtime/process-pool';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { catcher, caughtCode, type FlowNode, PLACE, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a pool-status node', () => {
  const teardown = useTeardown();

  async function broker(): Promise<Mosquitto> {
    return teardown.stopLater(await startMosquitto());
  }

  function status(properties: Record<string, unknown> = {}): FlowNode {
    return { id: 'status', type: 'pool-status', ...PLACE, wires: [['told']], ...properties };
  }

  const payloads = (messages: readonly NodeMessageInFlow[]) => messages.map(({ payload }) => payload as StatePayload);
  const states = (messages: readonly NodeMessageInFlow[]) => payloads(messages).map(({ state }) => state);

  it('tells the present state first, then each change with its reason, code and next attempt', async () => {
    const server = await broker();
    const nodes = [TAB, status(), recorder('told'), profile(server.port, { name: 'plant' }), source(), recorder()];
    const flow = await startFlow(teardown, nodes);
    const told = flow.received('told');
    await waitFor(() => states(told).at(-1) === 'connected', 'connected to be told');
    await flow.shows('status', '1 connected');
    await server.halt();
    await waitFor(() => states(told).at(-1) === 'waiting', 'the loss to be told');
    await flow.shows('status', '0 of 1 connected');
    const [connection] = getPool().snapshot().connections;
    const waiting = payloads(told).find(({ state }) => state === 'waiting');
    assert.ok(waiting);
    const { since, nextAttemptAt = 0, reason = '', code = '', ...rest } = waiting;
    assert.ok(nextAttemptAt >= since && since > 0);
    assert.ok(reason.length > 0 && code.startsWith('MQTT_'), `${reason} (${code})`);
    assert.deepEqual(rest, {
      state: 'waiting',
      paused: false,
      type: 'mqtt',
      address: connection?.address,
      key: connection?.key,
      profiles: [{ id: 'profile', name: 'plant' }],
      references: 1,
    });
    assert.equal(told[0]?.topic, connection?.address);
  });

  it('tells of the connections of the chosen profiles only, also when another profile has opened them', async () => {
    const [server, other] = [await broker(), await broker()];
    const chosen = status({ scope: 'chosen', profiles: ['p1', 'gone'] });
    const flow = await startFlow(teardown, [
      ...[TAB, chosen, recorder('told'), recorder()],
      ...[profile(server.port, { id: 'p1' }), profile(server.port, { id: 'p2' }), profile(other.port, { id: 'p3' })],
      ...[source({ id: 's2', profile: 'p2' }), source({ id: 's3', profile: 'p3' })],
    ]);
    const told = flow.received('told');
    await flow.connected('s2', 's3');
    assert.deepEqual(told, []);
    const user = { id: 'x', type: 'x', profile: 'p1' };
    const lease = getPool().acquire('mqtt', { brokers: [`mqtt://127.0.0.1:${server.port}`] }, user);
    teardown.defer(() => lease.release());
    await waitFor(() => told.length > 0, 'the connection of the chosen profile');
    const [first] = payloads(told);
    assert.deepEqual([first?.state, first?.references], ['connected', 2]);
    assert.deepEqual(
      first?.profiles.map(({ id }) => id),
      ['p2', 'p1'],
    );
    assert.equal(told.length, 1);
  });

  it('answers a message with the present state of each connection, and tells only changes if so set', async () => {
    const [server, other] = [await broker(), await broker()];
    const flow = await startFlow(teardown, [
      ...[TAB, status({ present: false }), recorder('told'), recorder()],
      ...[profile(server.port, { id: 'p1' }), profile(other.port, { id: 'p2' })],
      ...[source({ id: 's1', profile: 'p1' }), source({ id: 's2', profile: 'p2' })],
    ]);
    await flow.connected('s1', 's2');
    const told = flow.received('told');
    flow.send('status', { mine: 'kept' });
    await waitFor(() => told.length === 2, 'both connections');
    assert.deepEqual(states(told), ['connected', 'connected']);
    assert.deepEqual(
      told.map((message) => message['mine']),
      ['kept', 'kept'],
    );
  });

  it('tells that a connection is paused, resumed and closed with its last node', async () => {
    const server = await broker();
    const nodes = [TAB, status(), recorder('told'), profile(server.port, { lingerMillis: '0' }), sink(), recorder()];
    const flow = await startFlow(teardown, nodes);
    const told = flow.received('told');
    await flow.connected('sink');
    const { key = '' } = getPool().snapshot().connections[0] ?? {};
    await getPool().pause(key);
    await flow.shows('sink', 'paused');
    await getPool().resume(key);
    await flow.connected('sink');
    flow.send('sink', { action: 'disconnect' });
    await waitFor(() => states(told).at(-1) === 'closed', 'the close');
    assert.deepEqual(states(told).slice(-6), ['closing', 'idle', 'connecting', 'connected', 'closing', 'closed']);
    const idle = payloads(told).find(({ state }) => state === 'idle');
    assert.equal(idle?.paused, true);
    assert.deepEqual(payloads(told).at(-1)?.profiles, [{ id: 'profile' }]);
    assert.equal(payloads(told).at(-1)?.references, 0);
    await flow.shows('status', 'no connection');
  });

  it('without an existing profile says so, and to every message', async () => {
    const nodes = [
      TAB,
      status({ scope: 'chosen', profiles: ['gone'] }),
      recorder('told'),
      recorder('caught'),
      catcher(),
    ];
    const flow = await startFlow(teardown, nodes);
    const caught = flow.received('caught');
    await flow.shows('status', 'no profile');
    flow.send('status', {});
    await waitFor(() => caught.length > 0, 'the error');
    assert.equal(caughtCode(caught[0]), 'NO_PROFILE');
  });
});
