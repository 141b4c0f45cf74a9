import assert from 'node:assert/strict';
import { ALL_BROKERS, describeEach, type TestBroker } from '../../support/broker-kinds';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

/** Filter, topics it matches, topics it doesn't. */
const CASES: readonly [string, readonly string[], readonly string[]][] = [
  ['a/+/b', ['a//b', 'a/x/b'], ['a/b', 'a/x/y/b']],
  ['+/x', ['/x', 'y/x'], ['x', '/x/']],
  ['+', ['a'], ['/a', 'a/']],
  ['/+', ['/a', '/'], ['a']],
  ['+/+', ['/', 'a/', '/a', 'a/b'], ['a', 'a/b/c']],
  ['a/#', ['a', 'a/', 'a/b', 'a/b/c'], ['ab', '/a']],
  ['a/+/#', ['a/b', 'a/', 'a/b/c'], ['a']],
  ['sp ace/ü/#', ['sp ace/ü', 'sp ace/ü/日本'], ['sp ace/u']],
  ['A', ['A'], ['a']],
];

describeEach(ALL_BROKERS, 'a filter', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;
  let publisher: PrivateClient;

  before(async () => {
    broker = shared.stopLater(await kind.start());
    publisher = shared.closeLater(await PrivateClient.connect(broker.url));
  });

  for (const [filter, matching, others] of CASES) {
    it(`${filter} gets ${matching.join(' ')} and not ${others.join(' ')}`, async () => {
      const pool = mqttPool(teardown);
      const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });
      // A neighbour that gets everything, so that the broker sends what the filter must not match.
      const neighbour = new MqttNode(pool, { brokers: [broker.url], protocolVersion: kind.version });
      await neighbour.subscribed('#', { qos: 1 });
      await node.subscribed(filter, { qos: 1 });
      for (const topic of [...others, ...matching]) await publisher.publish(topic, topic, { qos: 1 });
      await publisher.publish('end', 'end', { qos: 1 });
      await neighbour.got('end');
      assert.deepEqual(
        node.payloads.filter((payload) => payload !== 'end'),
        matching,
      );
      assert.deepEqual(neighbour.payloads, [...others, ...matching, 'end']);
    });
  }
});
