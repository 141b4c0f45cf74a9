import assert from 'node:assert/strict';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('topic aliases', () => {
  const teardown = useTeardown();

  it('are one lease its own: two may use the same number for different topics', async () => {
    const broker = teardown.stopLater(await startStub({ serverProperties: { topicAliasMaximum: 10 } }));
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const [one, other, receiver] = [
      new MqttNode(pool, profile),
      new MqttNode(pool, profile),
      new MqttNode(pool, profile),
    ];
    await receiver.subscribed('#', { qos: 1 });
    const send = (node: MqttNode, topic: string, payload: string) =>
      node.publish({ topic, payload, qos: 1, properties: { topicAlias: 1 } });
    await send(one, 'one', '1');
    await send(other, 'other', '2');
    await send(one, '', '3');
    await send(other, '', '4');
    await send(one, 'one', '5');
    await waitFor(() => receiver.messages.length === 5, 'five messages');
    assert.deepEqual(
      receiver.messages.map(({ topic, payload }) => [topic, payload.toString()]),
      [
        ['one', '1'],
        ['other', '2'],
        ['one', '3'],
        ['other', '4'],
        ['one', '5'],
      ],
    );
  });

  it('survive a reconnect', async () => {
    const broker = teardown.stopLater(await startStub({ serverProperties: { topicAliasMaximum: 10 } }));
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 5 });
    await node.publish({ topic: 'a', payload: '1', qos: 1, properties: { topicAlias: 1 } });
    await node.lease.disconnect();
    const published = node.publish({ topic: '', payload: '2', qos: 1, properties: { topicAlias: 1 } });
    await node.lease.connect();
    await published;
    assert.equal(broker.topics.retained.size, 0);
    assert.equal(broker.of('publish').at(-1)?.topic, 'a', 'the alias is set up anew');
  });

  it('above what the server takes, or never set, are an error of that message alone', async () => {
    const broker = teardown.stopLater(await startStub({ serverProperties: { topicAliasMaximum: 2 } }));
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 5 });
    await node.lease.connect();
    await assert.rejects(node.publish({ topic: 'a', payload: 'x', properties: { topicAlias: 3 } }), {
      code: 'MQTT_INVALID_PROPERTY',
    });
    await assert.rejects(node.publish({ topic: '', payload: 'x', properties: { topicAlias: 1 } }), {
      code: /MQTT_INVALID_(PROPERTY|TOPIC)/,
    });
    assert.equal(node.lease.state.kind, 'connected');
    await node.publish({ topic: 'a', payload: 'x', qos: 1 });
  });
});
