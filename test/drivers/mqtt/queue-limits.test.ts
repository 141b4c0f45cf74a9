import assert from 'node:assert/strict';
import type { QueueLimits } from '../../../src/core/driver';
import { PoolError } from '../../../src/core/errors';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { freePort } from '../../support/ports';
import { PrivateClient } from '../../support/private-client';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

/** `waiting`, `sent` or the code of an error. */
type Outcome = string;

/** Publishes these payloads and keeps what became of each. */
function publishAll(node: MqttNode, payloads: readonly string[]): Outcome[] {
  const outcomes: Outcome[] = payloads.map(() => 'waiting');
  for (const [index, payload] of payloads.entries()) {
    node.publish({ topic: 'q', payload }).then(
      () => (outcomes[index] = 'sent'),
      (error: unknown) => (outcomes[index] = error instanceof PoolError ? error.code : 'not a PoolError'),
    );
  }
  return outcomes;
}

describe('the queue of a lease', () => {
  const teardown = useTeardown();

  async function offline(queue: Partial<QueueLimits>) {
    const port = await freePort();
    const pool = mqttPool(teardown);
    const profile = { brokers: [`mqtt://127.0.0.1:${port}`], protocolVersion: 4 as const };
    const bringUp = async () => {
      const broker = teardown.stopLater(await startMosquitto({ port }));
      const receiver = teardown.closeLater(await PrivateClient.connect(broker.url));
      await receiver.subscribe('q');
      return receiver;
    };
    return { pool, profile, node: new MqttNode(pool, profile, { queue }), bringUp };
  }

  const CASES: readonly [string, Partial<QueueLimits>, readonly string[]][] = [
    ['refuse', { maxCount: 3, overflow: 'refuse' }, ['waiting', 'waiting', 'waiting', 'QUEUE_FULL', 'QUEUE_FULL']],
    [
      'drop-newest',
      { maxCount: 3, overflow: 'drop-newest' },
      ['waiting', 'waiting', 'waiting', 'QUEUE_DROPPED', 'QUEUE_DROPPED'],
    ],
    [
      'drop-oldest',
      { maxCount: 3, overflow: 'drop-oldest' },
      ['QUEUE_DROPPED', 'QUEUE_DROPPED', 'waiting', 'waiting', 'waiting'],
    ],
  ];
  for (const [overflow, queue, expected] of CASES) {
    it(`full by count, does what it is told: ${overflow}`, async () => {
      const { node, pool } = await offline(queue);
      const outcomes = publishAll(node, ['1', '2', '3', '4', '5']);
      await waitFor(() => outcomes.filter((outcome) => outcome !== 'waiting').length === 2, 'two to be given up');
      assert.deepEqual(outcomes, expected);
      assert.equal(node.session.queued, 3);
      assert.equal(pool.snapshot().connections[0]?.counters.refused, 2);
    });
  }

  it('is limited by bytes, and a message larger than all of it is refused at once', async () => {
    const { node } = await offline({ maxBytes: 1000, overflow: 'drop-oldest' });
    const outcomes = publishAll(node, ['a'.repeat(400), 'b'.repeat(400), 'c'.repeat(400), 'd'.repeat(2000)]);
    await waitFor(() => outcomes[3] !== 'waiting' && outcomes[0] !== 'waiting', 'two to be given up');
    assert.equal(outcomes[0], 'QUEUE_DROPPED');
    assert.deepEqual(outcomes.slice(1, 3), ['waiting', 'waiting']);
    assert.match(outcomes[3] ?? '', /^QUEUE_(FULL|DROPPED)$/);
  });

  it('gives up what is older than the limit, and sends the rest', async () => {
    const { node, bringUp } = await offline({ maxAgeMillis: 60 });
    const old = publishAll(node, ['old 1', 'old 2']);
    await waitFor(() => old.every((outcome) => outcome === 'QUEUE_EXPIRED'), 'the old ones to expire');
    const receiver = await bringUp();
    await node.lease.connect();
    await node.publish({ topic: 'q', payload: 'young' });
    await receiver.got(1);
    assert.deepEqual(receiver.payloads, ['young']);
  });

  it('is one lease its own: a neighbour is not concerned', async () => {
    const { node, pool, profile } = await offline({ maxCount: 1 });
    const neighbour = new MqttNode(pool, profile);
    const outcomes = publishAll(node, ['1', '2', '3']);
    const others = publishAll(neighbour, ['1', '2', '3']);
    await waitFor(() => outcomes[2] === 'QUEUE_FULL', 'the overflow');
    assert.deepEqual(others, ['waiting', 'waiting', 'waiting']);
    assert.deepEqual([node.session.queued, neighbour.session.queued], [1, 3]);
  });

  it('tells what still waited when its lease is released', async () => {
    const { node } = await offline({});
    const outcomes = publishAll(node, ['1', '2']);
    await node.release();
    await waitFor(() => outcomes.every((outcome) => outcome !== 'waiting'), 'the callbacks');
    for (const outcome of outcomes) assert.match(outcome, /^(LEASE_RELEASED|CONNECTION_CLOSED)$/);
  });
});
