import assert from 'node:assert/strict';
import { ALL_BROKERS, describeEach, type TestBroker } from '../../support/broker-kinds';
import { active, MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(ALL_BROKERS, 'many nodes on one filter', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;

  before(async () => {
    broker = shared.stopLater(await kind.start());
  });

  it('make one connection and one SUBSCRIBE, and each gets every publication once', async () => {
    const clientId = uniqueId();
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: kind.version, clientId };
    const nodes = Array.from({ length: 20 }, () => new MqttNode(pool, { ...profile }));
    const subscriptions = nodes.map((node) => node.subscribe('plant/temperature', { qos: 1 }));
    for (const subscription of subscriptions) await active(subscription);
    assert.equal(pool.snapshot().connections.length, 1);
    assert.equal(broker.connects(clientId), 1);
    assert.equal(broker.subscribePackets(clientId), 1);
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    for (const payload of ['1', '2', '3', 'end']) await publisher.publish('plant/temperature', payload, { qos: 1 });
    for (const node of nodes) await node.got('end');
    for (const node of nodes) assert.deepEqual(node.seen, ['1/1', '2/1', '3/1', 'end/1']);
  });
});
