import assert from 'node:assert/strict';
import { describeEach, REAL_BROKERS, type TestBroker } from '../../support/broker-kinds';
import { active, MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { useSharedTeardown, useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const FILTERS = 1000;

describeEach(REAL_BROKERS, `${FILTERS} nodes with a filter each`, (kind) => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let broker: TestBroker;

  before(async () => {
    broker = shared.stopLater(await kind.start());
  });

  it('subscribe and leave in few packets', async function () {
    this.timeout(60_000);
    const clientId = uniqueId();
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: kind.version, clientId };
    const holder = new MqttNode(pool, profile);
    await holder.lease.connect();
    const nodes = Array.from({ length: FILTERS }, () => new MqttNode(pool, profile));
    const subscriptions = nodes.map((node, index) => node.subscribe(`many/${index}`, { qos: 1 }));
    for (const subscription of subscriptions) await active(subscription, 15_000);
    const subscribes = broker.subscribePackets(clientId);
    // On 5 a packet carries one subscription identifier, so filters that may overlap others need packets of their own.
    assert.ok(subscribes <= 20, `${subscribes} SUBSCRIBE packets`);
    await holder.publish({ topic: `many/${FILTERS - 1}`, payload: 'last', qos: 1 });
    await nodes[FILTERS - 1]?.got('last');
    await Promise.all(nodes.map((node) => node.release({ linger: false })));
    await waitFor(() => broker.unsubscribePackets(clientId) > 0, 'an UNSUBSCRIBE');
    await holder.publish({ topic: 'many/0', payload: 'fence', qos: 2 });
    const unsubscribes = broker.unsubscribePackets(clientId);
    assert.ok(unsubscribes <= 20, `${unsubscribes} UNSUBSCRIBE packets`);
  });
});
