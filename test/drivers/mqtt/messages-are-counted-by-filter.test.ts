import assert from 'node:assert/strict';
import type { SubscriptionView } from '../../../src/core/views';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { freePort } from '../../support/ports';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

for (const protocolVersion of [5, 4] as const) {
  describe(`the subscriptions of a connection (MQTT ${protocolVersion === 5 ? '5' : '3.1.1'})`, () => {
    const teardown = useTeardown();

    async function start() {
      const broker = teardown.stopLater(await startMosquitto());
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion };
      const newNode = () => new MqttNode(pool, profile);
      const views = (limit = 100) => pool.glance(newest.lease.key)?.subscriptions(limit);
      const newest = newNode();
      return { newNode: () => newNode(), first: newest, views };
    }

    it('say what came for each, with QoS and number of nodes', async () => {
      const { newNode, first, views } = await start();
      const second = newNode();
      await first.subscribed('a/#', { qos: 1 });
      await second.subscribed('a/#', { qos: 0 });
      await second.subscribed('b', { qos: 2 });
      if (protocolVersion === 5) await second.subscribed('$share/g/c', { qos: 0 });
      for (const topic of ['a/1', 'a/2', 'b', 'c']) await first.publish({ topic, payload: 'x', qos: 1 });
      await waitFor(() => second.payloads.length === (protocolVersion === 5 ? 4 : 3), 'all messages');
      const expected: SubscriptionView[] = [
        { filter: 'a/#', qos: 1, nodes: 2, messages: 2 },
        { filter: 'b', qos: 2, nodes: 1, messages: 1 },
        { filter: '$share/g/c', qos: 0, nodes: 1, messages: 1 },
      ];
      assert.deepEqual(views(), { listed: expected.slice(0, protocolVersion === 5 ? 3 : 2), more: 0 });
    });

    it('are listed as far as is wanted, and the others counted', async () => {
      const { first, views } = await start();
      for (let index = 0; index < 300; index += 1) first.subscribe(`t/${index}`);
      await waitFor(() => views(10)?.more === 290, 'all to be there');
      assert.equal(views(10)?.listed.length, 10);
    });
  });
}

describe('the queue of an MQTT connection', () => {
  const teardown = useTeardown();

  it('says how much waits, and since when', async () => {
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [`mqtt://127.0.0.1:${await freePort()}`] });
    const began = Date.now();
    const queues = () => pool.glance(node.lease.key)?.queues;
    assert.deepEqual(queues(), []);
    const publishing = ['one', 'two'].map((payload) => node.publish({ topic: 'q', payload, qos: 1 }));
    const [queue] = queues() ?? [];
    assert.equal(queue?.waiting, 2);
    assert.ok((queue.bytes ?? 0) > 6);
    assert.ok((queue.oldestAt ?? 0) >= began && (queue.oldestAt ?? Infinity) <= Date.now());
    await node.lease.release();
    await Promise.allSettled(publishing);
  });
});
