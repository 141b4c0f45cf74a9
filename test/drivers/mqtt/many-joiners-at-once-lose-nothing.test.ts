import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { active, MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useTeardown } from '../../support/teardown';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('nodes that join a filter one after the other, faster than the broker answers', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`each get the retained message once (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
      await publisher.publish('j', 'kept', { qos: 1, retain: true });
      const pool = mqttPool(teardown);
      const first = new MqttNode(pool, { brokers: [broker.url], protocolVersion: version });
      await first.lease.connect();
      const nodes = [first];
      const subscriptions = [first.subscribe('j', { qos: 1 })];
      for (let count = 1; count < 12; count += 1) {
        await nextTurn();
        const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: version });
        nodes.push(node);
        subscriptions.push(node.subscribe('j', { qos: 1 }));
      }
      for (const subscription of subscriptions) await active(subscription);
      await publisher.publish('j', 'end', { qos: 1 });
      for (const node of nodes) {
        await node.got('end');
        assert.deepEqual(node.payloads, ['kept', 'end']);
      }
    });
  }
});
