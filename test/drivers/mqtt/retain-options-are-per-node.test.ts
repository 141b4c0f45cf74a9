import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { type OverlapMode, startStub } from '../../support/stub-broker';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

const stub = (overlap: OverlapMode) => () => startStub({ overlap });
const BROKERS: Record<string, () => Promise<{ url: string; stop(): Promise<void> }>> = {
  mosquitto: () => startMosquitto(),
  'stub, one copy with ids': stub('one-copy-with-ids'),
  'stub, copy per subscription': stub('copy-per-subscription'),
  'stub, one copy without ids': stub('one-copy-no-ids'),
};

for (const [name, start] of Object.entries(BROKERS)) {
  describe(`retain options of MQTT 5 (${name})`, () => {
    const shared = useSharedTeardown();
    const teardown = useTeardown();
    let publisher: PrivateClient;
    let profile: { brokers: string[]; protocolVersion: 5 };

    before(async () => {
      const broker = shared.stopLater(await start());
      profile = { brokers: [broker.url], protocolVersion: 5 };
      publisher = shared.closeLater(await PrivateClient.connect(broker.url));
    });

    // A broker without subscription identifiers does not say whether a retain flag is kept as published or marks a
    // replay, so nodes that want different things there can't be told apart with certainty.
    const tellsReplays = !name.endsWith('without ids');

    for (const order of [
      [true, false],
      [false, true],
    ]) {
      if (!tellsReplays) continue;
      it(`retain as published: each node as it asks, ${order[0] ? 'with' : 'without'} first`, async () => {
        const pool = mqttPool(teardown);
        const topic = `rap/${order[0]}`;
        const nodes: [boolean, MqttNode][] = [];
        for (const retainAsPublished of order) {
          const node = new MqttNode(pool, profile);
          await node.subscribed(topic, { qos: 1, retainAsPublished });
          nodes.push([retainAsPublished, node]);
        }
        await publisher.publish(topic, 'live', { qos: 1 });
        await publisher.publish(topic, 'kept', { qos: 1, retain: true });
        await publisher.publish(topic, 'end', { qos: 1 });
        for (const [retainAsPublished, node] of nodes) {
          await node.got('end');
          assert.deepEqual(node.seen, ['live/1', retainAsPublished ? 'kept/1/r' : 'kept/1', 'end/1']);
        }
      });
    }

    if (tellsReplays) {
      it('retain as published is per node with overlapping filters, too', async () => {
        const pool = mqttPool(teardown);
        const [keeps, drops] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
        await drops.subscribed('rapo/#', { qos: 1, retainAsPublished: false });
        await keeps.subscribed('rapo/a', { qos: 1, retainAsPublished: true });
        await publisher.publish('rapo/a', 'kept', { qos: 1, retain: true });
        await publisher.publish('rapo/a', 'end', { qos: 1 });
        await keeps.got('end');
        await drops.got('end');
        assert.deepEqual(keeps.seen, ['kept/1/r', 'end/1']);
        assert.deepEqual(drops.seen, ['kept/1', 'end/1']);
      });
    }

    it('retain handling: 0 and 1 get the retained message at subscribe, 2 does not, in any order', async () => {
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
      ] as const) {
        const pool = mqttPool(teardown);
        const topic = `rh/${order.join('')}`;
        await publisher.publish(topic, 'kept', { qos: 1, retain: true });
        const nodes: [number, MqttNode][] = [];
        for (const retainHandling of order) {
          const node = new MqttNode(pool, profile);
          await node.subscribed(topic, { qos: 1, retainHandling });
          nodes.push([retainHandling, node]);
        }
        await publisher.publish(topic, 'end', { qos: 1 });
        for (const [retainHandling, node] of nodes) {
          await node.got('end');
          const expected = retainHandling === 2 ? ['end/1'] : ['kept/1/r', 'end/1'];
          assert.deepEqual(node.seen, expected, `${retainHandling} among ${order.join(', ')}`);
        }
      }
    });
  });
}
