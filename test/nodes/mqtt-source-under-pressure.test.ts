import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getPool } from '../../src/runtime/process-pool';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { startStub } from '../support/stub-broker';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import { type FlowUnderTest, profile, recorder, source, startFlow, TAB } from './node-red';

const FLOOD = 3000;
const PAYLOAD_BYTES = 50_000;
/** Of 150 MB. */
const ALLOWED_GROWTH_BYTES = 75_000_000;

/** A recorder that is done with its messages when the test says so. */
function holding(flow: FlowUnderTest, id = 'got') {
  const held: { payload: unknown; done: () => void }[] = [];
  flow.node(id).on('input', ({ payload }, _send, done) => held.push({ payload, done }));
  return held;
}

/** Bytes of buffers in use. */
function bufferBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

describe('an MQTT source whose flow is too slow', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('drops messages of QoS 0 beyond its limit, counts them, and needs no more memory', async () => {
    const broker = teardown.stopLater(await startMosquitto({ log: 'little' }));
    const settings = source({ topic: 'a', qos: '0', datatype: 'buffer', maxUnacknowledged: '10' });
    const neighbour = source({ id: 'other', topic: 'b', qos: '0', wires: [['other-got']] });
    const nodes = [TAB, profile(broker.port), settings, neighbour, recorder(), recorder('other-got')];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source', 'other');
    const held = holding(flow);
    const neighbours = flow.received('other-got');
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    const before = bufferBytes();
    const payload = Buffer.alloc(PAYLOAD_BYTES);
    for (let number = 0; number < FLOOD; number += 1) {
      // At QoS 1 the publisher can't be faster than the broker.
      await publisher.publish('a', payload, { qos: number % 20 === 0 ? 1 : 0 });
    }
    await publisher.publish('b', 'end', { qos: 1 });
    await waitFor(() => neighbours.length === 1, 'what a neighbour gets');
    assert.equal(held.length, 10);
    const counters = getPool()
      .snapshot()
      .connections.find(({ address }) => address.endsWith(String(broker.port)))?.counters;
    assert.ok(counters);
    // A loaded broker may have dropped some itself.
    const { messagesIn, dropped } = counters;
    assert.ok(dropped > FLOOD / 2);
    assert.equal(dropped, messagesIn - held.length - neighbours.length);
    await flow.shows('source', `${dropped} dropped, flow too slow`);
    const growth = bufferBytes() - before;
    assert.ok(growth < ALLOWED_GROWTH_BYTES, `${growth} bytes more than before`);
    assert.ok(flow.problems.some((text) => text.startsWith('source: The flow is too slow')));
    assert.equal(flow.problems.length, 1);
    for (const { done } of held) done();
    await publisher.publish('a', 'next');
    await waitFor(() => held.length === 11, 'the next message');
    // Otherwise it is soon one that was kept for ten seconds, which the status would tell of instead.
    held[10]?.done();
    await waitFor(
      () => flow.problems.some((text) => text.includes(`${dropped} messages were dropped`)),
      'the sum',
      30_000,
    );
    await flow.connected('source');
  });

  for (const acknowledge of ['receipt', 'complete'] as const) {
    it(`holds messages of QoS 1 and 2 back beyond its limit (acknowledged on ${acknowledge})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const settings = source({ topic: 'a', qos: '2', acknowledge, maxUnacknowledged: '2' });
      const flow = await startFlow(teardown, [TAB, profile(broker.port), settings, recorder()]);
      await flow.connected('source');
      await waitFor(
        () => [...broker.sessions.values()].some(({ subscriptions }) => subscriptions.size > 0),
        'the subscription',
      );
      const held = holding(flow);
      const answers = () => broker.of('puback').length + broker.of('pubrec').length;
      for (let number = 1; number <= 6; number += 1) broker.publish('a', String(number), { qos: number % 2 ? 1 : 2 });
      await waitFor(() => held.length === 2, 'as many as may be in the flow');
      if (acknowledge === 'receipt') await waitFor(() => answers() === 2, 'their acknowledgements');
      await staysFalse(() => held.length > 2 || answers() > 2, 'more than that', 60);
      for (let number = 0; number < 6; number += 1) {
        await waitFor(() => held.length > number, `message ${number + 1}`);
        held[number]?.done();
      }
      await waitFor(() => answers() === 6, 'all acknowledgements');
      assert.deepEqual(
        held.map(({ payload }) => payload),
        [1, 2, 3, 4, 5, 6],
      );
    });
  }

  it('says so when it has more than half of what may be in flight, and neighbours get theirs', async () => {
    const broker = teardown.stopLater(await startStub());
    const settings = profile(broker.port, { protocolVersion: '5', receiveMaximum: '6' });
    const slow = source({ topic: 'slow', qos: '1', acknowledge: 'complete' });
    const neighbour = source({ id: 'other', topic: 'quick', qos: '1', wires: [['other-got']] });
    const flow = await startFlow(teardown, [TAB, settings, slow, neighbour, recorder(), recorder('other-got')]);
    await flow.connected('source', 'other');
    await waitFor(() => [...broker.sessions.values()].some(({ subscriptions }) => subscriptions.size === 2), 'both');
    const held = holding(flow);
    const quick = flow.received('other-got');
    for (let number = 0; number < 4; number += 1) broker.publish('slow', String(number), { qos: 1 });
    for (let number = 0; number < 2; number += 1) broker.publish('quick', String(number), { qos: 1 });
    broker.publish('quick', 'zero', { qos: 0 });
    await waitFor(() => quick.length === 3, 'what a neighbour gets');
    await flow.shows('source', 'waiting for the flow: 4 not done');
    assert.equal(flow.status('other')?.text, 'node-red:common.status.connected');
    for (const { done } of held) done();
    await waitFor(() => broker.of('puback').length === 6, 'the acknowledgements');
    await flow.connected('source');
  });

  it('says so when it has kept a message for ten seconds, until that is done', async () => {
    const broker = teardown.stopLater(await startStub());
    const settings = source({ topic: 'a', qos: '1', acknowledge: 'complete' });
    const flow = await startFlow(teardown, [TAB, profile(broker.port), settings, recorder()]);
    await flow.connected('source');
    await waitFor(
      () => [...broker.sessions.values()].some(({ subscriptions }) => subscriptions.size > 0),
      'the subscription',
    );
    const held = holding(flow);
    broker.publish('a', '1', { qos: 1 });
    await flow.shows('source', 'waiting for the flow: 1 not done');
    held[0]?.done();
    await flow.connected('source');
  });

  it('is told by a setting that can not be', async () => {
    const settings = source({ maxUnacknowledged: '0' });
    const flow = await startFlow(teardown, [TAB, profile(1), settings, recorder()]);
    await waitFor(
      () =>
        flow.problems.some((text) => /"At most \(maxUnacknowledged\)" must be a number from 1 to 100000/.test(text)),
      'an error',
    );
  });
});
