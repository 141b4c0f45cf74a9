import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a message', () => {
  const teardown = useTeardown();

  it('keeps every MQTT 5 property on its way', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const [sender, receiver] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await receiver.subscribed('whole', { qos: 1 });
    const properties = {
      payloadFormatIndicator: true,
      messageExpiryInterval: 100,
      responseTopic: 'answer/here',
      correlationData: Buffer.from([0, 1, 255]),
      userProperties: { one: '1', many: ['2', '3'] },
      contentType: 'application/json',
    };
    await sender.publish({ topic: 'whole', payload: '{}', qos: 1, properties });
    await waitFor(() => receiver.messages.length === 1, 'the message');
    const got = receiver.messages[0]?.properties;
    assert.equal(got?.payloadFormatIndicator, true);
    assert.ok((got.messageExpiryInterval ?? 0) > 90);
    assert.equal(got.responseTopic, 'answer/here');
    assert.deepEqual(got.correlationData, Buffer.from([0, 1, 255]));
    assert.deepEqual({ ...got.userProperties }, { one: '1', many: ['2', '3'] });
    assert.equal(got.contentType, 'application/json');
  });

  it('drops the properties on 3.1.1, which has none, and keeps any payload', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 4 });
    await node.subscribed('whole/#', { qos: 2 });
    const payloads = [Buffer.alloc(0), Buffer.from([0, 255, 254]), Buffer.alloc(1_000_000, 7), Buffer.from('ü日本')];
    for (const [index, payload] of payloads.entries()) {
      await node.publish({ topic: `whole/${index}`, payload, qos: 2, properties: { contentType: 'x/y' } });
    }
    await waitFor(() => node.messages.length === payloads.length, 'all messages');
    for (const [index, payload] of payloads.entries()) {
      assert.ok(node.messages[index]?.payload.equals(payload), `payload ${index}`);
    }
  });

  it('is counted', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 5 });
    await node.subscribed('count', { qos: 1 });
    for (let index = 0; index < 10; index += 1) await node.publish({ topic: 'count', payload: '12345', qos: 1 });
    await waitFor(() => node.messages.length === 10, 'all messages');
    const counters = pool.snapshot().connections[0]?.counters;
    assert.equal(counters?.messagesIn, 10);
    assert.equal(counters.messagesOut, 10);
    assert.ok(counters.bytesIn >= 50 && counters.bytesOut >= 50);
  });
});
