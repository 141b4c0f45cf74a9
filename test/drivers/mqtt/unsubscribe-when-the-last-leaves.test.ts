import assert from 'node:assert/strict';
import { describeEach, REAL_BROKERS, type TestBroker } from '../../support/broker-kinds';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describeEach(REAL_BROKERS, 'leaving a filter', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;

  before(async () => {
    broker = shared.stopLater(await kind.start());
  });

  it('sends UNSUBSCRIBE only when the last node leaves, and the one that left gets nothing more', async () => {
    const clientId = uniqueId();
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: kind.version, clientId };
    const [one, other, bystander] = [
      new MqttNode(pool, profile),
      new MqttNode(pool, profile),
      new MqttNode(pool, profile),
    ];
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    const subscription = await one.subscribed('leave/a', { qos: 1 });
    await other.subscribed('leave/a', { qos: 1 });
    await bystander.subscribed('leave/b', { qos: 1 });
    subscription.close();
    subscription.close();
    await publisher.publish('leave/a', 'to the other', { qos: 1 });
    await other.got('to the other');
    assert.deepEqual(one.payloads, []);
    assert.equal(broker.unsubscribePackets(clientId), 0);
    await other.release();
    await waitFor(() => broker.unsubscribePackets(clientId) === 1, 'the UNSUBSCRIBE');
    await publisher.publish('leave/a', 'to nobody', { qos: 1 });
    await publisher.publish('leave/b', 'to the bystander', { qos: 1 });
    await bystander.got('to the bystander');
    assert.deepEqual(other.payloads, ['to the other']);
    assert.deepEqual(bystander.payloads, ['to the bystander']);
  });

  it('nothing is delivered after close(), even what is on its way', async () => {
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });
    const subscription = node.session.subscribe('leave/now', { qos: 0 }, (message) => {
      node.messages.push(message);
      subscription.close();
    });
    await waitFor(() => subscription.state.kind === 'active', 'the subscription');
    const fence = new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });
    await fence.subscribed('leave/fence', { qos: 2 });
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    for (let index = 0; index < 50; index += 1) void publisher.publish('leave/now', String(index));
    await publisher.publish('leave/fence', 'end', { qos: 2 });
    await fence.got('end');
    assert.deepEqual(node.payloads, ['0']);
  });
});
