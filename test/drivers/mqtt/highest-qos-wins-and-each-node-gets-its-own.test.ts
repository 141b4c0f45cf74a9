import assert from 'node:assert/strict';
import { ALL_BROKERS, describeEach, type TestBroker } from '../../support/broker-kinds';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(ALL_BROKERS, 'nodes that ask for different QoS on one filter', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;
  let publisher: PrivateClient;

  before(async () => {
    broker = shared.stopLater(await kind.start());
    publisher = shared.closeLater(await PrivateClient.connect(broker.url));
  });

  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
  ] as const) {
    it(`each get at most what they asked for, when they come in the order ${order.join(', ')}`, async () => {
      const pool = mqttPool(teardown);
      const topic = `qos/${order.join('')}`;
      const nodes: [0 | 1 | 2, MqttNode][] = [];
      for (const qos of order) {
        const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });
        await node.subscribed(topic, { qos });
        nodes.push([qos, node]);
      }
      // The late node's SUBSCRIBE is confirmed: the highest QoS counts from here on.
      for (const qos of [0, 1, 2] as const) await publisher.publish(topic, `sent at ${qos}`, { qos });
      await publisher.publish(topic, 'end', { qos: 2 });
      for (const [asked, node] of nodes) {
        await node.got('end');
        assert.deepEqual(
          node.seen,
          [0, 1, 2].map((sent) => `sent at ${sent}/${Math.min(sent, asked)}`).concat(`end/${asked}`),
        );
      }
    });
  }
});
