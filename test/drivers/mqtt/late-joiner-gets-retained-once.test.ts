import assert from 'node:assert/strict';
import { ALL_BROKERS, describeEach, type TestBroker } from '../../support/broker-kinds';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(ALL_BROKERS, 'a node that joins a filter others have subscribed already', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;
  let publisher: PrivateClient;

  before(async () => {
    broker = shared.stopLater(await kind.start());
    publisher = shared.closeLater(await PrivateClient.connect(broker.url));
  });

  const newNode = (pool: ReturnType<typeof mqttPool>) =>
    new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });
  const retain = (topic: string, payload: string) => publisher.publish(topic, payload, { qos: 1, retain: true });

  /** Everything sent before reaches the nodes before this does; what the pool gave up, the broker has taken off. */
  async function fence(topic: string, ...nodes: MqttNode[]): Promise<void> {
    await nodes[0]?.publish({ topic: 'fence', payload: '', qos: 1 });
    await publisher.publish(topic, 'end', { qos: 2 });
    for (const node of nodes) await node.got('end');
  }

  it('gets the retained messages once, and its neighbours nothing', async () => {
    const pool = mqttPool(teardown);
    await retain('late/a', 'A');
    await retain('late/b', 'B');
    const first = newNode(pool);
    await first.subscribed('late/#', { qos: 1 });
    await first.got('B');
    const second = newNode(pool);
    await second.subscribed('late/#', { qos: 1 });
    await second.got('B');
    await fence('late/end', first, second);
    assert.deepEqual(first.seen.sort(), ['A/1/r', 'B/1/r', 'end/1']);
    assert.deepEqual(second.seen.sort(), ['A/1/r', 'B/1/r', 'end/1']);
  });

  it('also when its filter is narrower or wider than theirs', async () => {
    const pool = mqttPool(teardown);
    await retain('wide/x/y', 'XY');
    await retain('wide/z', 'Z');
    const middle = newNode(pool);
    await middle.subscribed('wide/x/#', { qos: 1 });
    await middle.got('XY');
    const narrow = newNode(pool);
    await narrow.subscribed('wide/x/y', { qos: 0 });
    await narrow.got('XY');
    const wide = newNode(pool);
    await wide.subscribed('wide/#', { qos: 1 });
    await wide.got('Z');
    await wide.got('XY');
    await fence('wide/x/y', middle, narrow, wide);
    assert.deepEqual(middle.seen, ['XY/1/r', 'end/1']);
    assert.deepEqual(narrow.seen, ['XY/0/r', 'end/0']);
    assert.deepEqual(wide.seen.sort(), ['XY/1/r', 'Z/1/r', 'end/1']);
  });

  it('sees the present value, not an old or deleted one', async () => {
    const pool = mqttPool(teardown);
    await retain('now/a', 'old');
    await retain('now/gone', 'gone');
    const first = newNode(pool);
    await first.subscribed('now/#', { qos: 1 });
    await first.got('old');
    await first.got('gone');
    await retain('now/a', 'new');
    await retain('now/gone', '');
    await first.got('');
    const second = newNode(pool);
    await second.subscribed('now/#', { qos: 1 });
    await second.got('new');
    await fence('now/end', first, second);
    assert.deepEqual(second.seen, ['new/1/r', 'end/1']);
    assert.deepEqual(first.payloads.slice(2), ['new', '', 'end']);
  });

  it('is not confused by several joining at once', async () => {
    const pool = mqttPool(teardown);
    await retain('burst/a', 'A');
    const first = newNode(pool);
    await first.subscribed('burst/a', { qos: 1 });
    await first.got('A');
    const others = Array.from({ length: 5 }, () => newNode(pool));
    await Promise.all(others.map((node) => node.subscribed('burst/a', { qos: 1 })));
    await fence('burst/a', first, ...others);
    for (const node of [first, ...others]) assert.deepEqual(node.seen, ['A/1/r', 'end/1']);
  });

  it('gets them again when it leaves and joins again', async () => {
    const pool = mqttPool(teardown);
    await retain('again/a', 'A');
    const [first, second] = [newNode(pool), newNode(pool)];
    await first.subscribed('again/a', { qos: 1 });
    const subscription = await second.subscribed('again/a', { qos: 1 });
    await second.got('A');
    subscription.close();
    await second.subscribed('again/a', { qos: 1 });
    await fence('again/a', first, second);
    assert.deepEqual(first.seen, ['A/1/r', 'end/1']);
    assert.deepEqual(second.seen, ['A/1/r', 'A/1/r', 'end/1']);
  });

  it('keeps the flow of live messages to its neighbours whole', async () => {
    const pool = mqttPool(teardown);
    await retain('flow/a', 'retained');
    const first = newNode(pool);
    await first.subscribed('flow/+', { qos: 1 });
    await first.got('retained');
    const numbers = Array.from({ length: 60 }, (_unused, index) => String(index));
    const sending = (async () => {
      for (const number of numbers) await publisher.publish('flow/b', number, { qos: 1 });
    })();
    const joiners: MqttNode[] = [];
    for (let count = 0; count < 4; count += 1) {
      const node = newNode(pool);
      joiners.push(node);
      await node.subscribed('flow/+', { qos: 1 });
      await node.got('retained');
    }
    await sending;
    await fence('flow/b', first, ...joiners);
    assert.deepEqual(first.payloads, ['retained', ...numbers, 'end']);
    for (const { payloads } of joiners) {
      const live = payloads.filter((payload) => payload !== 'retained');
      assert.equal(payloads.length - live.length, 1, 'retained once');
      assert.deepEqual(live, [...numbers, 'end'].slice(-live.length), 'no gap and no repetition');
    }
  });
});
