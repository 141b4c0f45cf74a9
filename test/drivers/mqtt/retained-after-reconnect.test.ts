import assert from 'node:assert/strict';
import { describeEach, REAL_BROKERS, type TestBroker } from '../../support/broker-kinds';
import { active, MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { nextLoss, reached } from '../../support/states';
import { startProxy } from '../../support/tcp-proxy';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

describeEach(REAL_BROKERS, 'retained messages after a reconnect', (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;
  let publisher: PrivateClient;

  before(async () => {
    broker = shared.stopLater(await kind.start());
    publisher = shared.closeLater(await PrivateClient.connect(broker.url));
    await publisher.publish('back/a', 'kept', { qos: 1, retain: true });
  });

  async function outage(cleanSession: boolean): Promise<MqttNode[]> {
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const pool = mqttPool(teardown);
    const profile = {
      brokers: [proxy.url],
      protocolVersion: kind.version,
      clientId: uniqueId(),
      cleanSession,
      ...(kind.version === 5 && !cleanSession ? { sessionExpirySeconds: 60 } : {}),
    };
    const nodes = [0, 1, 2].map(() => new MqttNode(pool, profile));
    const subscriptions = nodes.map((node, retainHandling) =>
      node.subscribe('back/#', { qos: 1, retainHandling: retainHandling === 1 ? 1 : retainHandling === 2 ? 2 : 0 }),
    );
    for (const subscription of subscriptions) await active(subscription);
    await nodes[0]?.got('kept');
    const [first] = nodes;
    assert.ok(first);
    const lost = nextLoss(first.lease);
    proxy.cut();
    await lost;
    await reached(first.lease, 'connected');
    for (const subscription of subscriptions) await active(subscription);
    await publisher.publish('back/b', 'end', { qos: 1 });
    for (const node of nodes) await node.got('end');
    return nodes;
  }

  it('come again without a resumed session, as each node asked (all of them on 3.1.1)', async () => {
    const nodes = await outage(true);
    const counts = nodes.map(({ payloads }) => payloads.filter((payload) => payload === 'kept').length);
    assert.deepEqual(counts, kind.version === 5 ? [2, 2, 0] : [2, 2, 2]);
  });

  it('do not come again with a resumed session', async () => {
    const nodes = await outage(false);
    const counts = nodes.map(({ payloads }) => payloads.filter((payload) => payload === 'kept').length);
    assert.deepEqual(counts, kind.version === 5 ? [1, 1, 0] : [1, 1, 1]);
  });
});
