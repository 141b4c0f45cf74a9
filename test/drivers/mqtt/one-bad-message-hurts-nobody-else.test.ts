import assert from 'node:assert/strict';
import type { PoolError } from '../../../src/core/errors';
import type { OutgoingMessage } from '../../../src/drivers/mqtt/session';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { useTeardown } from '../../support/teardown';

const BAD_PROPERTIES: readonly object[] = [
  { payloadFormatIndicator: 1 },
  { foo: 1 },
  { responseTopic: 123 },
  { responseTopic: null },
  { reasonString: 'x' },
  { userProperties: null },
  { messageExpiryInterval: -1 },
  { subscriptionIdentifier: 1 },
];

const outcome = (node: MqttNode, message: OutgoingMessage) =>
  new Promise<string>((resolve) =>
    node.session.publish(message, (error?: PoolError) => resolve(error?.code ?? 'sent')),
  );

describe('a message the broker would hang up on', () => {
  const teardown = useTeardown();

  it('for its properties is refused to its node, at any QoS, and the connection stays', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const [node, neighbour] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await neighbour.subscribed('n', { qos: 1 });
    for (const qos of [0, 1] as const) {
      for (const properties of BAD_PROPERTIES) {
        const message = { topic: 'a', payload: 'x', qos, properties } as OutgoingMessage;
        assert.equal(await outcome(node, message), 'MQTT_INVALID_PROPERTY', JSON.stringify(properties));
      }
    }
    await neighbour.publish({ topic: 'n', payload: 'fine', qos: 1 });
    await neighbour.got('fine');
    assert.equal(pool.snapshot().connections[0]?.counters.losses, 0);
  });

  it('for the size of its properties is refused, too', async () => {
    const broker = teardown.stopLater(await startMosquitto({ extra: ['max_packet_size 2000'] }));
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 5 });
    await node.lease.connect();
    const properties = { userProperties: { large: 'x'.repeat(5_000) } };
    for (const qos of [0, 1] as const) {
      assert.equal(await outcome(node, { topic: 'a', payload: 'x', qos, properties }), 'MQTT_PAYLOAD_TOO_LARGE');
    }
    assert.equal(pool.snapshot().connections[0]?.counters.losses, 0);
  });
});

describe('a listener or callback that throws, or changes its subscription', () => {
  const teardown = useTeardown();

  it('leaves the others theirs', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url] };
    const [bad, good] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    let calls = 0;
    const listen = () => {
      calls += 1;
      subscription.close();
      subscription = bad.session.subscribe('a', {}, listen);
    };
    let subscription = bad.session.subscribe('a', {}, listen);
    bad.subscribe('b', {
      onState: () => {
        throw new Error('onState');
      },
    });
    await good.subscribed('a', { qos: 1 });
    const sent: string[] = [];
    bad.session.publish({ topic: 'a', payload: '1' }, () => {
      throw new Error('callback');
    });
    bad.session.publish({ topic: 'a', payload: '2' }, () => sent.push('2'));
    await good.publish({ topic: 'a', payload: '3', qos: 1 });
    await good.got('3');
    assert.deepEqual(good.payloads, ['1', '2', '3']);
    assert.deepEqual(sent, ['2']);
    assert.ok(calls <= 3, `${calls} calls`);
  });
});
