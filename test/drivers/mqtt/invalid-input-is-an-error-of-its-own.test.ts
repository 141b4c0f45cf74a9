import assert from 'node:assert/strict';
import type { OutgoingMessage, SubscribeOptions } from '../../../src/drivers/mqtt/session';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useSharedTeardown, useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const LONG = 'x'.repeat(70_000);
const NUL = 'a\u0000b';

for (const version of [4, 5] as const) {
  describe(`invalid input (${version})`, () => {
    const shared = useSharedTeardown();
    const teardown = useTeardown();
    let url = '';

    before(async () => {
      url = shared.stopLater(await startMosquitto()).url;
    });

    const TOPICS = ['', '+', 'a/+/b', 'a/#', NUL, LONG, '\uD800', 17 as never, null as never, undefined as never];
    const MESSAGES: readonly [string, Partial<OutgoingMessage>][] = [
      ['MQTT_INVALID_QOS', { qos: 3 as never }],
      ['MQTT_INVALID_QOS', { qos: -1 as never }],
      ['MQTT_INVALID_QOS', { qos: '1' as never }],
      ['MQTT_INVALID_PAYLOAD', { payload: 5 as never }],
      ['MQTT_INVALID_PAYLOAD', { payload: null as never }],
      ['MQTT_INVALID_PAYLOAD', { payload: {} as never }],
      ['MQTT_PAYLOAD_TOO_LARGE', { payload: Buffer.alloc(268_435_456) }],
    ];
    const PROPERTIES: readonly Record<string, unknown>[] = [
      { messageExpiryInterval: -1 },
      { messageExpiryInterval: 2 ** 32 },
      { messageExpiryInterval: 'soon' },
      { topicAlias: 0 },
      { topicAlias: 1.5 },
      { responseTopic: 'a/#' },
      { responseTopic: NUL },
      { contentType: LONG },
      { contentType: 5 },
      { correlationData: 5 },
      { userProperties: { a: 5 } },
      { userProperties: 'text' },
    ];

    it('in a publication is told to its callback, and nobody else notices', async function () {
      this.timeout(60_000);
      const pool = mqttPool(teardown);
      const profile = { brokers: [url], protocolVersion: version };
      const [node, neighbour] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      await neighbour.subscribed('fine', { qos: 1 });
      for (const topic of TOPICS) {
        await assert.rejects(
          node.publish({ topic, payload: 'x' }),
          { name: 'PoolError', code: 'MQTT_INVALID_TOPIC' },
          String(topic).slice(0, 20),
        );
      }
      for (const [code, message] of MESSAGES) {
        await assert.rejects(node.publish({ topic: 'a', payload: 'x', ...message }), { name: 'PoolError', code }, code);
      }
      if (version === 5) {
        for (const properties of PROPERTIES) {
          await assert.rejects(
            node.publish({ topic: 'a', payload: 'x', properties }),
            { name: 'PoolError', code: 'MQTT_INVALID_PROPERTY' },
            JSON.stringify(properties).slice(0, 60),
          );
        }
      }
      await node.publish({ topic: 'fine', payload: 'fine', qos: 1 });
      await neighbour.got('fine');
      assert.equal(pool.snapshot().connections[0]?.counters.losses, 0);
      assert.equal(node.session.queued, 0);
    });

    it('in a subscription is thrown, and nobody else notices', async () => {
      const pool = mqttPool(teardown);
      const profile = { brokers: [url], protocolVersion: version };
      const [node, neighbour] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      await neighbour.subscribed('fine', { qos: 1 });
      const filters = ['', 'a#', '#/a', 'a/#/b', '+a', 'a/b+', 'a/++', '##', NUL, LONG];
      const sharedFilters = [
        '$share',
        '$share/g',
        '$share/g/',
        '$share//a',
        '$share/g+/a',
        '$share/#/a',
        '$share/g/a#',
      ];
      for (const filter of [...filters, ...sharedFilters, 17 as never, undefined as never]) {
        assert.throws(
          () => node.subscribe(filter),
          { name: 'PoolError', code: 'MQTT_INVALID_FILTER' },
          String(filter).slice(0, 20),
        );
      }
      for (const options of [{ qos: 3 }, { qos: -1 }, { qos: '1' }, { qos: Number.NaN }]) {
        const invalid = options as unknown as SubscribeOptions;
        assert.throws(() => node.subscribe('a', invalid), { code: 'MQTT_INVALID_QOS' });
      }
      await node.publish({ topic: 'fine', payload: 'fine', qos: 1 });
      await neighbour.got('fine');
      assert.equal(pool.snapshot().connections[0]?.counters.losses, 0);
    });

    it('a listener that throws loses nothing for itself or for others', async () => {
      const pool = mqttPool(teardown);
      const warnings: string[] = [];
      pool.onWarning(({ code }) => warnings.push(code));
      const profile = { brokers: [url], protocolVersion: version };
      const [node, neighbour] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      let calls = 0;
      const subscription = node.session.subscribe('throw', { qos: 1 }, () => {
        calls += 1;
        throw new Error('bug in a node');
      });
      await waitFor(() => subscription.state.kind === 'active', 'the subscription');
      await neighbour.subscribed('throw', { qos: 1 });
      for (const payload of ['1', '2']) await node.publish({ topic: 'throw', payload, qos: 1 });
      await neighbour.got('2');
      assert.equal(calls, 2);
      assert.deepEqual(neighbour.payloads, ['1', '2']);
      assert.equal(node.lease.state.kind, 'connected');
      assert.ok(warnings.length > 0, 'it is said');
    });
  });
}

describe('what the server of MQTT 5 does not take', () => {
  const teardown = useTeardown();

  it('is an error of that message: packet size, QoS, retain, and a PUBACK or PUBREC that refuses', async () => {
    const broker = teardown.stopLater(
      await startStub({
        serverProperties: { maximumPacketSize: 1000, maximumQoS: 1, retainAvailable: false },
        refusePublish: (topic) => (topic === 'forbidden' ? 0x87 : undefined),
      }),
    );
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 5 });
    await node.lease.connect();
    const rejected = (message: OutgoingMessage, code: string) =>
      assert.rejects(node.publish(message), { name: 'PoolError', code });
    await rejected({ topic: 'a', payload: 'x'.repeat(2000) }, 'MQTT_PAYLOAD_TOO_LARGE');
    await rejected({ topic: 'a', payload: 'x', qos: 2 }, 'MQTT_QOS_NOT_SUPPORTED');
    await rejected({ topic: 'a', payload: 'x', retain: true }, 'MQTT_RETAIN_NOT_SUPPORTED');
    await rejected({ topic: 'forbidden', payload: 'x', qos: 1 }, 'MQTT_PUBLISH_REFUSED');
    await node.publish({ topic: 'a', payload: 'x', qos: 1 });
    assert.equal(broker.accepted, 1);
  });

  it('including QoS 2 refused by PUBREC, and what was queued before the server said so', async () => {
    const broker = teardown.stopLater(await startStub({ refusePublish: () => 0x97 }));
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 5 });
    await assert.rejects(node.publish({ topic: 'a', payload: 'x', qos: 2 }), { code: 'MQTT_PUBLISH_REFUSED' });
    const strict = teardown.stopLater(await startStub({ serverProperties: { maximumQoS: 0, maximumPacketSize: 500 } }));
    const early = new MqttNode(mqttPool(teardown), { brokers: [strict.url], protocolVersion: 5 });
    const outcomes = await Promise.allSettled([
      early.publish({ topic: 'a', payload: 'x', qos: 1 }),
      early.publish({ topic: 'a', payload: 'x'.repeat(600) }),
      early.publish({ topic: 'a', payload: 'fine' }),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'sent')),
      ['MQTT_QOS_NOT_SUPPORTED', 'MQTT_PAYLOAD_TOO_LARGE', 'sent'],
    );
    assert.equal(strict.accepted, 1);
  });
});
