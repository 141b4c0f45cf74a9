import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { useTeardown } from '../../support/teardown';

for (const protocolVersion of [5, 4] as const) {
  describe(`the QoS shown for a filter (MQTT ${protocolVersion === 5 ? '5' : '3.1.1'})`, () => {
    const teardown = useTeardown();

    async function start(maximumQos: 1 | 2 = 2) {
      const broker = teardown.stopLater(await startMosquitto({ maximumQos }));
      const pool = mqttPool(teardown);
      const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion });
      const shown = () =>
        pool
          .glance(node.lease.key)
          ?.subscriptions(100)
          .listed.map(({ filter, qos }) => [filter, qos]);
      return { broker, node, shown };
    }

    it('is the highest that a node still asks for, whatever the broker was told before', async () => {
      const { broker, node, shown } = await start();
      const former = await node.subscribed('a', { qos: 2 });
      const low = await node.subscribed('a', { qos: 1 });
      assert.deepEqual(shown(), [['a', 2]]);
      former.close();
      assert.deepEqual(shown(), [['a', 1]]);
      assert.equal(low.state.kind === 'active' && low.state.qos, 1);
      await node.subscribed('b');
      assert.deepEqual(shown(), [
        ['a', 1],
        ['b', 0],
      ]);
      assert.equal(broker.count('UNSUBSCRIBE'), 0);
    });

    it('is no more than the broker grants', async () => {
      const { node, shown } = await start(1);
      await node.subscribed('a', { qos: 2 });
      await node.subscribed('b', { qos: 0 });
      assert.deepEqual(shown(), [
        ['a', 1],
        ['b', 0],
      ]);
    });

    it('is not that of a wider filter that hears for it', async () => {
      const { node, shown } = await start();
      await node.subscribed('w/#', { qos: 2 });
      await node.subscribed('w/a', { qos: 1 });
      assert.deepEqual(shown(), [
        ['w/#', 2],
        ['w/a', 1],
      ]);
    });
  });
}
