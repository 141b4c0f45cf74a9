import assert from 'node:assert/strict';
import { ALL_BROKERS, describeEach, type TestBroker } from '../../support/broker-kinds';
import { active, MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(ALL_BROKERS, 'overlapping filters', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;
  let publisher: PrivateClient;

  before(async () => {
    broker = shared.stopLater(await kind.start());
    publisher = shared.closeLater(await PrivateClient.connect(broker.url));
  });

  const sendTo = async (topic: string, ...payloads: string[]) => {
    for (const payload of payloads) await publisher.publish(topic, payload, { qos: 2 });
  };
  const newNode = (pool: ReturnType<typeof mqttPool>) =>
    new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });

  for (const filters of [
    ['o/#', 'o/+', 'o/b'],
    ['o/b', 'o/+', 'o/#'],
    ['#', 'o/#', '+/b', 'o/b'],
  ]) {
    it(`${filters.join(', ')} of different nodes give each of them one delivery`, async () => {
      const pool = mqttPool(teardown);
      const nodes = filters.map(() => newNode(pool));
      for (const [index, node] of nodes.entries()) {
        await node.subscribed(filters[index] ?? '', { qos: ([2, 1, 0] as const)[index % 3] ?? 0 });
      }
      await sendTo('o/b', '1', '2', 'end');
      for (const node of nodes) await node.got('end');
      for (const [index, node] of nodes.entries()) {
        const qos = [2, 1, 0][index % 3];
        assert.deepEqual(node.seen, [`1/${qos}`, `2/${qos}`, `end/${qos}`], filters[index]);
      }
    });
  }

  it('of one node give it one delivery at the highest QoS', async () => {
    const pool = mqttPool(teardown);
    const node = newNode(pool);
    const subscriptions = [
      node.subscribe('one/#', { qos: 0 }),
      node.subscribe('one/+', { qos: 2 }),
      node.subscribe('one/b', { qos: 1 }),
    ];
    for (const subscription of subscriptions) await active(subscription);
    await sendTo('one/b', '1', 'end');
    await node.got('end');
    assert.deepEqual(node.seen, ['1/2', 'end/2']);
  });

  it('still deliver once when the widest one comes last, and when it goes', async () => {
    const pool = mqttPool(teardown);
    const [narrow, wide] = [newNode(pool), newNode(pool)];
    await narrow.subscribed('w/a/b', { qos: 1 });
    await sendTo('w/a/b', '1');
    await narrow.got('1');
    const widest = await wide.subscribed('w/#', { qos: 1 });
    await sendTo('w/a/b', '2');
    await wide.got('2');
    widest.close();
    await sendTo('w/a/b', '3');
    await narrow.got('3');
    await wide.subscribed('w/#', { qos: 1 });
    await sendTo('w/a/b', '4', 'end');
    await wide.got('end');
    await narrow.got('end');
    assert.deepEqual(narrow.payloads, ['1', '2', '3', '4', 'end']);
    assert.deepEqual(wide.payloads, ['2', '4', 'end']);
  });

  // While the wide filter replaces the narrow one there is a moment with both or with none: with both, a broker of 3.1.1
  // that duplicates sends two copies that nothing tells apart. And aedes keeps no order between what it sends for the
  // one and what for the other.
  if (kind.duplicates === true || kind.name.startsWith('aedes')) return;

  it('lose nothing and repeat nothing while the widest one comes and goes in a stream', async () => {
    const pool = mqttPool(teardown);
    const [narrow, wide] = [newNode(pool), newNode(pool)];
    await narrow.subscribed('s/a', { qos: 1 });
    const numbers = Array.from({ length: 120 }, (_unused, index) => String(index));
    const sending = (async () => sendTo('s/a', ...numbers, 'end'))();
    for (let round = 0; round < 6; round += 1) {
      const subscription = await wide.subscribed('s/#', { qos: 1 });
      subscription.close();
    }
    await sending;
    await narrow.got('end');
    assert.deepEqual(narrow.payloads, [...numbers, 'end']);
  });
});
