import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Packet } from 'mqtt-packet';
import { freePort } from '../support/ports';
import { startStub, type StubOptions } from '../support/stub-broker';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import { catcher, caughtCode, completer, type FlowNode, profile, recorder, sink, startFlow, TAB } from './node-red';
import { emptied, useUserDirectory } from './user-directory';

const COUNT = 2_000;
const numbers = Array.from({ length: COUNT }, (_, number) => String(number));

describe('the outbox of MQTT sinks', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  const nodes = (port: number, profileProperties = {}, sinkProperties = {}): FlowNode[] => [
    TAB,
    profile(port, { outbox: 'disk', clientid: 'me', ...profileProperties }),
    sink({ topic: 'numbers', qos: '1', ...sinkProperties }),
    recorder('completed'),
    recorder('caught'),
    completer(['sink']),
    catcher(),
  ];

  async function start(port: number, profileProperties = {}, sinkProperties = {}) {
    const flow = await startFlow(teardown, nodes(port, profileProperties, sinkProperties));
    return { flow, completed: flow.received('completed'), caught: flow.received('caught') };
  }

  /** A broker that records the payloads it gets; `withholds` decides which it doesn't acknowledge. */
  async function scripted(withholds: () => boolean, options: StubOptions = {}) {
    const got: string[] = [];
    const seen: Packet[] = [];
    const onPacket = (packet: Packet) => {
      if (packet.cmd !== 'publish') return false;
      got.push(String(packet.payload));
      seen.push(packet);
      return withholds();
    };
    const broker = teardown.stopLater(await startStub({ ...options, onPacket }));
    return { broker, got, seen };
  }

  it('keeps a message until the broker has acknowledged it, over a restart, too', async () => {
    const directory = useUserDirectory(teardown);
    let withholding = true;
    const { broker, got } = await scripted(() => withholding);
    const first = await start(broker.port);
    await first.flow.connected('sink');
    first.flow.send('sink', { payload: 'a' });
    await waitFor(() => got.length === 1, 'the message to arrive');
    await waitFor(() => first.completed.length === 1, 'the message to be safe');
    await first.flow.stop();
    assert.deepEqual(directory.outboxes, ['profile']);

    withholding = false;
    const second = await start(broker.port);
    await waitFor(() => got.length === 2, 'the message to arrive again');
    assert.deepEqual(got, ['a', 'a']);
    await emptied(second.flow);
    await second.flow.stop();
    assert.deepEqual(directory.outboxes, [], 'nothing is left');
    await start(broker.port);
    await staysFalse(() => got.length > 2, 'a third time', 200);
  });

  it('sends what waited when its sink is gone, and is closed then', async () => {
    const directory = useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed } = await start(port);
    flow.send('sink', { payload: 'a' });
    await waitFor(() => completed.length === 1, 'the message to be safe');
    await flow.stop();
    const { got } = await scripted(() => false, { port });
    await startFlow(teardown, [TAB, profile(port, { clientid: 'me' })]);
    await waitFor(() => got.length === 1, 'the message to arrive');
    await waitFor(() => directory.outboxes.length === 0, 'it to be closed');
  });

  for (const qos of ['0', '1', '2']) {
    it(`sends all of an outage in order, at QoS ${qos}, each done when it is safe`, async () => {
      useUserDirectory(teardown);
      const { broker, got } = await scripted(() => false);
      const { flow, completed, caught } = await start(broker.port, {}, { qos });
      await flow.connected('sink');
      await broker.stop();
      await flow.shows('sink', /disconnected/);
      for (const payload of numbers) flow.send('sink', { payload });
      await waitFor(
        () => completed.length === COUNT,
        () => `all to be safe; ${completed.length} are, ${caught.length} failed`,
      );
      await flow.shows('sink', new RegExp(`${COUNT} queued`));
      await broker.start();
      await waitFor(
        () => got.length === COUNT,
        () => `all; got ${got.length}`,
        30_000,
      );
      assert.deepEqual(got, numbers);
      await flow.connected('sink');
      assert.equal(caught.length, 0);
    });
  }

  it('goes on through deploys with what is under way: nothing is lost, doubled or out of order', async () => {
    useUserDirectory(teardown);
    const { broker, got } = await scripted(() => false, { serverProperties: { receiveMaximum: 5 } });
    const { flow } = await start(broker.port);
    await flow.connected('sink');
    for (let round = 0; round < 5; round += 1) {
      for (const payload of numbers.slice(round * 200, (round + 1) * 200)) flow.send('sink', { payload });
      await waitFor(() => got.length > round * 200, 'the first of them to arrive');
      await flow.deploy(nodes(broker.port, {}, { name: `round ${round}` }), 'full');
    }
    await waitFor(
      () => got.length >= 1_000,
      () => `all; got ${got.length}`,
    );
    await staysFalse(() => got.length > 1_000, 'one of them again', 100);
    assert.deepEqual(got, numbers.slice(0, 1_000));
  });

  it('is done when it is delivered, if the sink says so', async () => {
    useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed } = await start(port, {}, { doneWhen: 'delivered' });
    flow.send('sink', { payload: 'a' });
    await flow.shows('sink', /1 queued/);
    await staysFalse(() => completed.length > 0, 'done before it is delivered', 100);
    await scripted(() => false, { port });
    await waitFor(() => completed.length === 1, 'it to be done');
  });

  it('is not used where it says memory: no folder is made', async () => {
    const directory = useUserDirectory(teardown);
    const { broker, got } = await scripted(() => false);
    const { flow } = await start(broker.port, {}, { outbox: 'memory' });
    await flow.connected('sink');
    flow.send('sink', { payload: 'a' });
    await waitFor(() => got.length === 1, 'the message to arrive');
    assert.deepEqual(directory.outboxes, []);
  });

  it('is used by one sink where the profile says memory', async () => {
    const directory = useUserDirectory(teardown);
    const { flow, completed } = await start(await freePort(), { outbox: 'memory' }, { outbox: 'disk' });
    flow.send('sink', { payload: 'a' });
    await waitFor(() => completed.length === 1, 'the message to be safe');
    assert.deepEqual(directory.outboxes, ['profile']);
  });

  it('refuses what no broker takes at once, and tells of what this one refuses', async () => {
    useUserDirectory(teardown);
    const { broker } = await scripted(() => false, {
      refusePublish: (topic) => (topic === 'forbidden' ? 0x87 : undefined),
    });
    const { flow, completed, caught } = await start(broker.port, { protocolVersion: '5' }, { topic: '' });
    await flow.connected('sink');
    flow.send('sink', { payload: 'a', topic: 'a/#' });
    await waitFor(() => caught.length === 1, 'the first error');
    flow.send('sink', { payload: 'b', topic: 'forbidden' });
    await waitFor(() => caught.length === 2, 'the second error');
    assert.deepEqual(caught.map(caughtCode), ['MQTT_INVALID_TOPIC', 'MQTT_PUBLISH_REFUSED']);
    assert.equal(caught[1]?.payload, 'b');
    assert.ok(completed.length <= 1);
  });

  it('marks what is sent late, and only that', async () => {
    useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed } = await start(port, { protocolVersion: '5', resendMark: 'late' });
    flow.send('sink', { payload: 'a', userProperties: { own: 'x' } });
    await waitFor(() => completed.length === 1, 'the message to be safe');
    const { got, seen } = await scripted(() => false, { port });
    await waitFor(() => got.length === 1, 'the message to arrive');
    await flow.connected('sink');
    flow.send('sink', { payload: 'b', userProperties: { own: 'x' } });
    await waitFor(() => got.length === 2, 'the other message to arrive');
    const properties = seen.map((packet) => (packet.cmd === 'publish' ? { ...packet.properties?.userProperties } : {}));
    assert.deepEqual(properties, [{ own: 'x', late: 'true' }, { own: 'x' }]);
  });

  it('lets a message expire on disk, too', async () => {
    useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed, caught } = await start(port, { protocolVersion: '5' }, { expiry: '1' });
    flow.send('sink', { payload: 'a' });
    await waitFor(() => completed.length === 1, 'the message to be safe');
    const sent = Date.now();
    await waitFor(() => Date.now() > sent + 1_000, 'its time to be over');
    const { got } = await scripted(() => false, { port });
    await waitFor(() => caught.length === 1, 'it to be told');
    assert.equal(caughtCode(caught[0]), 'MQTT_MESSAGE_EXPIRED');
    assert.equal(got.length, 0);
  });

  it('starts with a broken store, says where that is now, and takes new messages', async () => {
    const directory = useUserDirectory(teardown);
    const port = await freePort();
    const first = await start(port);
    first.flow.send('sink', { payload: 'a' });
    await waitFor(() => first.completed.length === 1, 'the message to be safe');
    await first.flow.stop();
    writeFileSync(directory.file('profile', 'CURRENT'), 'garbage');
    const { got } = await scripted(() => false, { port });
    const { flow } = await start(port);
    await waitFor(() => flow.problems.some((line) => /outbox was broken.*profile\.broken-/.test(line)), 'a warning');
    await flow.connected('sink');
    flow.send('sink', { payload: 'b' });
    await waitFor(() => got.length === 1, 'the new message to arrive');
    assert.deepEqual(got, ['b']);
    assert.match(directory.outboxes.join(), /profile\.broken-/);
  });

  it('drops what has no room, as the profile says, and tells of it', async () => {
    useUserDirectory(teardown);
    const limits = { outboxMaxCount: '2', outboxOverflow: 'drop-oldest' };
    const port = await freePort();
    const { flow, completed, caught } = await start(port, limits);
    for (const payload of ['a', 'b', 'c', 'd']) {
      flow.send('sink', { payload });
      const before = completed.length;
      await waitFor(() => completed.length > before || payload === 'd', 'it to be safe');
    }
    await waitFor(() => caught.length === 1, 'an error');
    assert.equal(caughtCode(caught[0]), 'QUEUE_DROPPED');
    assert.equal(caught[0]?.['dropped'], 2);
    const { got } = await scripted(() => false, { port });
    await waitFor(() => got.length === 2, 'the others to arrive');
    assert.deepEqual(got, ['c', 'd']);
    await flow.shows('sink', /2 dropped/);
  });
});
