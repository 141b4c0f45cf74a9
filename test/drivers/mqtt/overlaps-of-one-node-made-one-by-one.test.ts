import assert from 'node:assert/strict';
import { ALL_BROKERS, describeEach, type TestBroker } from '../../support/broker-kinds';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(ALL_BROKERS, 'overlapping filters that one node subscribes one after the other', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;
  let publisher: PrivateClient;

  before(async () => {
    broker = shared.stopLater(await kind.start());
    publisher = shared.closeLater(await PrivateClient.connect(broker.url));
  });

  for (const retainAsPublished of [true, false]) {
    it(`bring a live retained publication once (retain as published: ${retainAsPublished})`, async () => {
      const prefix = `one-by-one-${retainAsPublished}`;
      const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: kind.version });
      for (const filter of ['#', '+', '1']) {
        await node.subscribed(`${prefix}/${filter}`, { qos: 1, retainAsPublished });
      }
      await publisher.publish(`${prefix}/1`, 'live', { qos: 1, retain: true });
      await publisher.publish(`${prefix}/1`, 'end', { qos: 1 });
      await node.got('end');
      assert.deepEqual(node.payloads, ['live', 'end']);
    });
  }
});
