import assert from 'node:assert/strict';
import { type Packet, parser } from 'mqtt-packet';
import type { MqttMessage } from '../../../src/drivers/mqtt/session';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { type Random, seeds, withSeed } from '../../support/random';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

/** Scenarios per version; `SEED=…` in the environment runs just that one. */
const SCENARIOS = 6;
const MESSAGES = 200;

/** A message as it was published. */
interface Published {
  readonly topic: string;
  readonly qos: 1 | 2;
}

describe('messages that are acknowledged late, on a connection that is cut again and again', function () {
  this.timeout(120_000);
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`arrive at all nodes, those of QoS 2 once, in order (${SCENARIOS} scenarios, version ${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ log: 'little' }));
      for (const seed of seeds(SCENARIOS)) await withSeed(seed, (random) => scenario(random, version, broker));
    });
  }

  async function scenario(random: Random, version: 4 | 5, broker: { url: string; port: number }): Promise<void> {
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const sent = new SentByBroker(proxy, version);
    // Without a receive maximum: with one, mosquitto 2.0.11 may send what is new before what has waited.
    const session = { cleanSession: false, ...(version === 5 ? { sessionExpirySeconds: 60 } : {}) };
    const profile = { brokers: [proxy.url], protocolVersion: version, clientId: uniqueId(), ...session };
    const pool = mqttPool(teardown);
    const late = (message: MqttMessage) => void setTimeout(() => message.acknowledge?.('done'), random.int(0, 30));
    const nodes = [
      { filter: 'random/#', node: new MqttNode(pool, profile), handle: late },
      { filter: 'random/a', node: new MqttNode(pool, profile), handle: late },
      { filter: 'random/#', node: new MqttNode(pool, profile), handle: undefined },
    ];
    for (const { filter, node, handle } of nodes) {
      const acknowledge = handle ? 'complete' : 'receipt';
      const subscription = node.session.subscribe(filter, { qos: 2, acknowledge }, (message) => {
        node.messages.push(message);
        handle?.(message);
      });
      await waitFor(() => subscription.state.kind === 'active', 'the subscription');
    }
    const publisher = await PrivateClient.connect(broker.url);
    const published = new Map<string, Published>();
    for (let number = 0; number < MESSAGES; number += 1) {
      const message = { topic: random.pick(['random/a', 'random/b']), qos: random.pick([1, 2] as const) };
      published.set(String(number), message);
      if (random.chance(0.03)) proxy.cut();
      await publisher.publish(message.topic, String(number), { qos: message.qos });
    }
    await publisher.publish('random/a', 'end', { qos: 2 });
    await publisher.close();
    for (const { node } of nodes) await node.got('end', 30_000);
    for (const { filter, node } of nodes) {
      await waitFor(
        () => missing(published, filter, node).length === 0,
        () => `messages ${missing(published, filter, node).join(', ')} of ${filter}`,
      );
      assertInOrder(published, sent, node);
    }
    const unacknowledged = () => pool.snapshot().connections[0]?.details?.['unacknowledged'];
    await waitFor(
      () => unacknowledged() === 0,
      () => `all acknowledgements; ${String(unacknowledged())} are due`,
    );
    for (const { node } of nodes) await node.release();
    await proxy.stop();
  }
});

function missing(published: ReadonlyMap<string, Published>, filter: string, node: MqttNode): string[] {
  const got = new Set(node.payloads);
  return [...published]
    .filter(([id, { topic }]) => !got.has(id) && (filter.endsWith('#') || topic === filter))
    .map(([id]) => id);
}

/**
 * What mosquitto 2.0.11 sends after a reconnect, seen through the proxy: it may send what is new before what has waited,
 * and a PUBLISH again after its PUBREL, which 4.3.3 forbids.
 */
class SentByBroker {
  /** Payloads sent again although they were released. */
  readonly releasedAndAgain = new Set<string>();
  readonly #connections: Set<string>[] = [];
  readonly #payloads = new Map<number | undefined, string>();
  readonly #released = new Set<string>();

  constructor(proxy: TcpProxy, version: 4 | 5) {
    proxy.tap = () => {
      const sent = new Set<string>();
      this.#connections.push(sent);
      const packets = parser({ protocolVersion: version });
      packets.on('packet', (packet) => this.#note(packet, sent));
      return (chunk) => packets.parse(chunk);
    };
  }

  /** Has it sent the one before the other on some connection? */
  before(one: string, other: string): boolean {
    return this.#connections.some((sent) => {
      const order = [...sent].filter((id) => id === one || id === other);
      return order.length === 2 && order[0] === one;
    });
  }

  #note(packet: Packet, sent: Set<string>): void {
    if (packet.cmd === 'pubrel') this.#released.add(this.#payloads.get(packet.messageId) ?? '');
    if (packet.cmd !== 'publish') return;
    const payload = String(packet.payload);
    if (this.#released.has(payload)) this.releasedAndAgain.add(payload);
    this.#payloads.set(packet.messageId, payload);
    sent.add(payload);
  }
}

/** Neighbours came in the order of publication, or in that in which the broker has sent them. */
function assertInOrder(published: ReadonlyMap<string, Published>, sent: SentByBroker, node: MqttNode): void {
  for (const qos of [1, 2] as const) {
    const got = node.payloads.filter((id) => published.get(id)?.qos === qos);
    const once = [...new Set(got)];
    const wrong = once.filter((id, at) => {
      const before = once[at - 1];
      return before !== undefined && Number(before) > Number(id) && !sent.before(before, id);
    });
    assert.deepEqual(wrong, [], `order at QoS ${qos}`);
    const twice = got.filter((id, at) => got.indexOf(id) !== at && !sent.releasedAndAgain.has(id));
    if (qos === 2) assert.deepEqual(twice, [], 'each message of QoS 2 once');
  }
}
