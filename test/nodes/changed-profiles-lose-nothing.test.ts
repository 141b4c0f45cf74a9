import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { PrivateClient } from '../support/private-client';
import { startProxy } from '../support/tcp-proxy';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, type FlowNode, type FlowUnderTest, profile, sink, source, startFlow, TAB } from './node-red';

describe('a profile that is changed while it is in use', () => {
  const teardown = useTeardown();

  const PERSISTENT = { clientid: 'me', cleansession: false, protocolVersion: '4' };

  function nodes(port: number, password: string, properties: Record<string, unknown> = PERSISTENT): FlowNode[] {
    const settings = { ...profile(port, properties), credentials: { user: 'user', password } };
    return [TAB, settings, source({ topic: 'in', qos: '1', datatype: 'utf8' }), sink({ qos: '1' }), collector()];
  }

  async function listenTo(broker: Mosquitto, topic = 'out') {
    const listener = await PrivateClient.connect(broker.url, { username: 'other', password: 'other' });
    teardown.defer(() => listener.close());
    await listener.subscribe(topic, { qos: 1 });
    return listener;
  }

  function send(flow: FlowUnderTest, from: number, to: number) {
    for (let number = from; number < to; number += 1) flow.send('sink', { topic: 'out', payload: String(number) });
  }

  const numbers = (to: number) => Array.from({ length: to }, (_value, index) => String(index));
  const payloads = (flow: FlowUnderTest) => flow.collected('got').map(({ payload }) => payload);

  function assertNoFight(broker: Mosquitto) {
    assert.ok(!broker.log.some((line) => line.includes('already connected')), 'nobody was thrown out');
  }

  it('loses nothing at QoS 1 when its password is rotated under load', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, nodes(broker.port, 'first'));
    await flow.connected('source', 'sink');
    await broker.waitForLog(/Sending SUBACK to me/);
    const listener = await listenTo(broker);
    const stream = await NumberedStream.start(teardown, broker.url, 'in', 1);
    let sent = 0;
    for (const [round, type] of (['nodes', 'full', 'flows'] as const).entries()) {
      const reached = flow.collected('got').length;
      await waitFor(() => {
        send(flow, sent, sent + 1);
        sent += 1;
        return flow.collected('got').length > reached + 50;
      }, 'messages');
      await flow.deploy(nodes(broker.port, `password ${round}`), type);
      send(flow, sent, sent + 20);
      sent += 20;
      await flow.connected('source', 'sink');
    }
    await stream.stop();
    await waitFor(() => payloads(flow).at(-1) === 'end', 'the last message');
    assertComplete(payloads(flow), stream.sent);
    await waitFor(() => listener.seen.length >= sent, 'what the sink sent');
    assertComplete(listener.payloads, sent);
    assert.equal(broker.count('CONNECT', 'me'), 4);
    assertNoFight(broker);
  });

  it('says why when the new password is refused, and the old one recovers everything', async () => {
    const users = { user: 'good', other: 'other' };
    const broker = teardown.stopLater(await startMosquitto({ users }));
    const flow = await startFlow(teardown, nodes(broker.port, 'good'), { profile: { user: 'user', password: 'good' } });
    await flow.connected('source', 'sink');
    await broker.waitForLog(/Sending SUBACK to me/);
    const other = await listenTo(broker);
    await flow.deploy(nodes(broker.port, 'bad'), 'nodes');
    await flow.shows('source', /^not authorised: check user and password/);
    send(flow, 0, 20);
    for (const payload of numbers(20)) await other.publish('in', payload, { qos: 1 });
    await flow.deploy(nodes(broker.port, 'as bad'), 'full');
    await flow.shows('sink', /^20 queued, not authorised/);
    send(flow, 20, 30);
    await flow.deploy(nodes(broker.port, 'good'), 'nodes');
    await flow.connected('source', 'sink');
    send(flow, 30, 40);
    await waitFor(() => other.seen.length >= 40, 'what the sink had queued');
    assert.deepEqual(other.payloads, numbers(40));
    await waitFor(() => flow.collected('got').length >= 20, 'what the broker had kept');
    assert.deepEqual(payloads(flow), numbers(20));
    assertNoFight(broker);
  });

  it('takes what its sinks have queued to the broker it is moved to, in order', async () => {
    const [old, moved] = [teardown.stopLater(await startMosquitto()), teardown.stopLater(await startMosquitto())];
    const flow = await startFlow(teardown, nodes(old.port, '', {}));
    await flow.connected('source', 'sink');
    await old.halt();
    await flow.shows('sink', /^disconnected: nothing answers/);
    send(flow, 0, 100);
    const listener = await listenTo(moved);
    await flow.deploy(nodes(moved.port, '', {}), 'nodes');
    send(flow, 100, 120);
    await waitFor(() => listener.seen.length >= 120, 'what was queued');
    assert.deepEqual(listener.payloads, numbers(120));
    assert.equal(getPool().snapshot().connections.length, 1);
  });

  it('takes along in order what the old broker was given and never answered, before what was queued', async () => {
    const [old, moved] = [teardown.stopLater(await startMosquitto()), teardown.stopLater(await startMosquitto())];
    const proxy = teardown.stopLater(await startProxy(old.port));
    const properties = { protocolVersion: '4' };
    const flow = await startFlow(teardown, nodes(proxy.port, '', properties));
    await flow.connected('sink');
    const listener = await listenTo(moved);
    proxy.silence(true);
    send(flow, 0, 1200);
    await flow.deploy(nodes(moved.port, '', properties), 'nodes');
    send(flow, 1200, 1300);
    await waitFor(() => listener.seen.length >= 1300, 'all messages');
    assert.deepEqual(listener.payloads, numbers(1300));
    assert.deepEqual(
      flow.problems.filter((line) => line.startsWith('sink: ')),
      [],
    );
  });

  it('keeps what waits while its settings can not work at all', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, nodes(1, '', {}));
    send(flow, 0, 10);
    await flow.deploy(nodes(broker.port, '', { keepalive: 'often' }), 'full');
    await flow.shows('sink', 'profile has invalid settings');
    assert.deepEqual(getPool().snapshot().connections, []);
    const listener = await listenTo(broker);
    await flow.deploy(nodes(broker.port, '', {}), 'nodes');
    send(flow, 10, 20);
    await waitFor(() => listener.seen.length >= 20, 'what waited');
    assert.deepEqual(listener.payloads, numbers(20));
  });

  it('does not throw its own client out where two addresses are those of one broker', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const properties = { clientid: 'me', protocolVersion: '4' };
    const flow = await startFlow(teardown, nodes(proxy.port, '', properties));
    await flow.connected('source', 'sink');
    const listener = await listenTo(broker);
    // The old connection waits a little for answers before it ends.
    proxy.swallowAnswers(true);
    send(flow, 0, 3);
    await waitFor(() => listener.seen.length === 3, 'the messages at the broker');
    await flow.deploy(nodes(broker.port, '', properties), 'nodes');
    await flow.connected('source', 'sink');
    send(flow, 3, 5);
    await waitFor(() => listener.payloads.includes('4'), 'the last message');
    assert.equal(broker.count('CONNECT', 'me'), 2);
    assertNoFight(broker);
  });

  it('moves with all of its nodes at once, so that a client id is never used twice', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const many = Array.from({ length: 20 }, (_value, index) => index);
    const all = (keepalive: string) => [
      TAB,
      profile(broker.port, { clientid: 'me', keepalive }),
      { ...profile(broker.port, { clientid: 'me', keepalive }), id: 'same' },
      ...many.map((index) =>
        source({ id: `source${index}`, topic: `in/${index}`, profile: index % 2 ? 'same' : 'profile' }),
      ),
      ...many.map((index) => sink({ id: `sink${index}`, profile: index % 3 ? 'same' : 'profile' })),
      collector(),
    ];
    const flow = await startFlow(teardown, all('60'));
    const ids = many.flatMap((index) => [`source${index}`, `sink${index}`]);
    await flow.connected(...ids);
    for (const [index, type] of (['full', 'nodes', 'flows'] as const).entries()) {
      await flow.deploy(all(String(30 - index)), type);
      await broker.waitForLog(new RegExp(` as me .*k${30 - index}`));
      await flow.connected(...ids);
    }
    assert.equal(broker.count('CONNECT', 'me'), 4);
    assert.equal(getPool().snapshot().connections[0]?.borrowers.length, 40);
    assertNoFight(broker);
  });
});
