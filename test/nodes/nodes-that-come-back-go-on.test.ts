import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, type FlowNode, profile, sink, source, startFlow, TAB } from './node-red';

const OTHER_TAB: FlowNode = { id: 'other', type: 'tab', label: 'Other' };

describe('a node that comes back goes on where it was', () => {
  const teardown = useTeardown();

  /** Deploys `before`, then each of the others, under load; all that was published must arrive once and in order. */
  async function check(
    make: (broker: Mosquitto) => readonly (readonly FlowNode[])[],
    type: 'full' | 'flows' | 'nodes' = 'flows',
  ) {
    const broker = teardown.stopLater(await startMosquitto());
    const [before = [], ...others] = make(broker);
    const flow = await startFlow(teardown, before);
    await broker.waitForLog(/Sending SUBACK/);
    const stream = await NumberedStream.start(teardown, broker.url, 'numbers', 1);
    const progress = async () => {
      const reached = flow.collected('got').length;
      await waitFor(() => flow.collected('got').length > reached + 20, 'messages');
    };
    for (const nodes of others) {
      await progress();
      await flow.deploy(nodes, type);
    }
    await progress();
    await stream.stop();
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    await waitFor(() => payloads().at(-1) === 'end', 'the last message');
    assertComplete(payloads(), stream.sent);
    return { broker, flow };
  }

  function assertUndisturbed(broker: Mosquitto) {
    const packets = ['CONNECT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'DISCONNECT'] as const;
    // The publisher has connected, too.
    assert.deepEqual(
      packets.map((packet) => broker.count(packet)),
      [2, 1, 0, 0],
    );
  }

  const settings = (broker: Mosquitto, properties: Record<string, unknown> = {}) =>
    profile(broker.port, { clientid: 'me', ...properties });
  const numbers = (properties: Record<string, unknown> = {}) =>
    source({ topic: 'numbers', qos: '1', datatype: 'utf8', ...properties });

  it('on another tab', async () => {
    const { broker, flow } = await check((running) => [
      [TAB, OTHER_TAB, settings(running), numbers(), collector()],
      [TAB, OTHER_TAB, settings(running), numbers({ z: 'other' }), collector('got', { z: 'other' })],
      [TAB, OTHER_TAB, settings(running), numbers(), collector()],
    ]);
    assertUndisturbed(broker);
    await flow.deploy([TAB, OTHER_TAB, settings(broker), numbers({ z: 'other', name: 'moved' })], 'flows');
    const [borrower] = getPool().snapshot().connections[0]?.borrowers ?? [];
    assert.deepEqual(borrower, {
      id: 'source',
      type: 'pool-mqtt-source',
      profile: 'profile',
      name: 'moved',
      flow: 'other',
    });
  });

  it('after an undo, with what came meanwhile', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const all = [TAB, settings(broker), numbers(), sink(), collector()];
    const flow = await startFlow(teardown, all);
    await broker.waitForLog(/Sending SUBACK to me/);
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await flow.deploy([TAB, settings(broker), sink(), collector()], 'nodes');
    await client.publish('numbers', 'meanwhile', { qos: 1 });
    await flow.deploy(all, 'nodes');
    await client.publish('numbers', 'then', { qos: 1 });
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    await waitFor(() => payloads().length === 2, 'both messages');
    assert.deepEqual(payloads(), ['meanwhile', 'then']);
    assertUndisturbed(broker);
  });

  it('when its tab is disabled and enabled again', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = (disabled: boolean) => [{ ...TAB, disabled }, settings(broker), numbers(), sink(), collector()];
    const flow = await startFlow(teardown, nodes(false));
    await broker.waitForLog(/Sending SUBACK to me/);
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await flow.deploy(nodes(true), 'flows');
    await client.publish('numbers', 'meanwhile', { qos: 1 });
    await flow.deploy(nodes(false), 'flows');
    await waitFor(() => flow.collected('got').length === 1, 'the message');
    await flow.connected('source', 'sink');
    assertUndisturbed(broker);
  });

  for (const dedicated of [false, true]) {
    it(`within a subflow${dedicated ? ', on a connection of its own' : ''}`, async () => {
      const output = { x: 1, y: 1, wires: [{ id: 'inner', port: 0 }] };
      const place = { z: 'sub', x: 100, y: 100 };
      const { broker } = await check(
        (running) =>
          ['', 'a', 'b', 'c'].map((name) => [
            TAB,
            { id: 'sub', type: 'subflow', name: 'Sub', in: [], out: [output] },
            profile(running.port, dedicated ? {} : { clientid: 'me' }),
            numbers({ ...place, id: 'inner', dedicated, wires: [[]] }),
            { id: 'instance', type: 'subflow:sub', z: 'tab', x: 1, y: 1, name, wires: [['got']] },
            collector(),
          ]),
        'full',
      );
      assertUndisturbed(broker);
    });
  }

  it('is shown as connected right from the start', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, settings(broker), numbers(), sink(), collector()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source', 'sink');
    flow.statuses.clear();
    await flow.deploy(nodes, 'full');
    await flow.connected('source', 'sink');
    const texts = ['source', 'sink'].flatMap((id) => (flow.statuses.get(id) ?? []).map(({ text }) => text));
    assert.deepEqual([...new Set(texts)], ['node-red:common.status.connected']);
  });

  it('holds its lease all the time, and whoever watches the pool hears nothing', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = (name: string) => [TAB, settings(broker), numbers({ name }), sink(), collector()];
    const flow = await startFlow(teardown, nodes('one'));
    await flow.connected('source', 'sink');
    const pool = getPool();
    const changes: string[] = [];
    teardown.defer(pool.onChange(({ change, borrower }) => changes.push(`${change} ${borrower?.name}`)));
    const borrowers: number[] = [];
    for (const event of ['stopping', 'stopped', 'starting', 'started']) {
      flow.onceFlows(event, () => borrowers.push(pool.snapshot().connections[0]?.borrowers.length ?? 0));
    }
    await flow.deploy(nodes('one'), 'full');
    await flow.connected('source', 'sink');
    assert.deepEqual([borrowers, changes], [[2, 2, 2, 2], []]);
    await flow.deploy(nodes('other'), 'nodes');
    await flow.connected('source');
    assert.deepEqual(changes, ['acquired other', 'released one']);
  });

  it('is not logged as a new connection', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, settings(broker), numbers(), collector()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source');
    const lines = () => flow.logged.filter((line) => line.startsWith('profile: '));
    const before = lines();
    await flow.deploy(nodes, 'full');
    await flow.connected('source');
    assert.deepEqual(lines(), before);
  });
});

describe('a node that does not come back', () => {
  const teardown = useTeardown();

  it('is unsubscribed and gives its lease back when the linger is over', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me', lingerMillis: '200' });
    const flow = await startFlow(teardown, [TAB, settings, source(), sink(), collector()]);
    await flow.connected('source', 'sink');
    await broker.waitForLog(/Sending SUBACK to me/);
    await flow.deploy([TAB, settings, sink(), collector()], 'nodes');
    await broker.waitForLog(/Received UNSUBSCRIBE from me/);
    const ids = () =>
      getPool()
        .snapshot()
        .connections[0]?.borrowers.map(({ id }) => id);
    await waitFor(() => ids()?.join() === 'sink', 'the lease to be given back');
    await flow.deploy([TAB, settings], 'nodes');
    await broker.waitForLog(/Received DISCONNECT from me/);
    await waitFor(() => getPool().snapshot().connections.length === 0, 'the connection to be forgotten');
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('leaves its group at once, so that the others of the group miss nothing', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me', lingerMillis: '60000' });
    const flow = await startFlow(teardown, [TAB, settings, source({ topic: '$share/group/a' }), collector()]);
    await broker.waitForLog(/Sending SUBACK to me/);
    await flow.deploy([TAB, settings, collector()], 'nodes');
    await broker.waitForLog(/Received UNSUBSCRIBE from me/);
    assert.equal(broker.count('DISCONNECT'), 0);
  });

  it('ends with a shutdown at once: DISCONNECT, and no will', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const will = { willTopic: 'will', willPayload: 'gone' };
    const settings = profile(broker.port, { clientid: 'me', lingerMillis: '60000', ...will });
    const flow = await startFlow(teardown, [TAB, settings, source(), sink(), collector()]);
    await flow.connected('source', 'sink');
    await flow.deploy([TAB, settings], 'nodes');
    assert.equal(getPool().snapshot().connections[0]?.borrowers.length, 2);
    await flow.shutDown();
    await broker.waitForLog(/Received DISCONNECT from me/);
    assert.deepEqual(getPool().snapshot().connections, []);
    assert.ok(!broker.log.some((line) => line.includes("'will'")), 'the will was not published');
  });
});
