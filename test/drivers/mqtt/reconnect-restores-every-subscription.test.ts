import assert from 'node:assert/strict';
import { describeEach, REAL_BROKERS, type TestBroker } from '../../support/broker-kinds';
import { active, MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { nextLoss, reached } from '../../support/states';
import { startProxy } from '../../support/tcp-proxy';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(REAL_BROKERS, 'after a lost connection', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;

  before(async () => {
    broker = shared.stopLater(await kind.start());
  });

  it('every subscription is restored, those made or ended meanwhile included', async () => {
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const pool = mqttPool(teardown);
    const profile = { brokers: [proxy.url], protocolVersion: kind.version, clientId: uniqueId() };
    const nodes = Array.from({ length: 50 }, () => new MqttNode(pool, profile));
    const subscriptions = nodes.map((node, index) => node.subscribe(`r/${index}`, { qos: 1 }));
    for (const subscription of subscriptions) await active(subscription);
    const leaver = new MqttNode(pool, profile);
    const leaving = await leaver.subscribed('r/leave', { qos: 1 });
    const [first] = nodes;
    assert.ok(first);
    await proxy.stop();
    await reached(first.lease, 'waiting');
    for (const subscription of subscriptions) assert.equal(subscription.state.kind, 'pending');
    const joiner = new MqttNode(pool, profile);
    const joining = joiner.subscribe('r/join', { qos: 1 });
    leaving.close();
    await proxy.start();
    await reached(first.lease, 'connected');
    for (const subscription of [...subscriptions, joining]) await active(subscription);
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    await publisher.publish('r/leave', 'to nobody', { qos: 1 });
    await publisher.publish('r/join', 'hello', { qos: 1 });
    for (const index of nodes.keys()) await publisher.publish(`r/${index}`, String(index), { qos: 1 });
    for (const [index, node] of nodes.entries()) await node.got(String(index));
    await joiner.got('hello');
    assert.deepEqual(leaver.payloads, []);
    for (const [index, node] of nodes.entries()) assert.deepEqual(node.payloads, [String(index)]);
  });

  it('many times in a row, each time at once', async () => {
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const pool = mqttPool(teardown);
    const profile = { brokers: [proxy.url], protocolVersion: kind.version };
    const node = new MqttNode(pool, profile);
    const subscription = await node.subscribed('again', { qos: 1 });
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    for (let round = 0; round < 5; round += 1) {
      const lost = nextLoss(node.lease);
      proxy.cut();
      await lost;
      await active(subscription);
      await publisher.publish('again', String(round), { qos: 1 });
      await node.got(String(round));
    }
    assert.deepEqual(node.payloads, ['0', '1', '2', '3', '4']);
    assert.equal(pool.snapshot().connections[0]?.counters.losses, 5);
  });
});
