import assert from 'node:assert/strict';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { staysFalse, waitFor } from '../../support/waiting';

describe("the server's receive maximum", () => {
  const teardown = useTeardown();

  for (const qos of [1, 2] as const) {
    it(`limits what is in flight from all leases together at QoS ${qos}, and all of it gets through`, async () => {
      const broker = teardown.stopLater(await startStub({ serverProperties: { receiveMaximum: 5 } }));
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: 5 as const };
      const nodes = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      await nodes[0]?.lease.connect();
      broker.hold(qos === 1 ? 'puback' : 'pubcomp');
      const published = nodes.flatMap((node, which) =>
        Array.from({ length: 25 }, (_unused, index) => node.publish({ topic: 'a', payload: `${which}-${index}`, qos })),
      );
      await waitFor(() => broker.of('publish').length === 5, 'the first five');
      await staysFalse(() => broker.of('publish').length > 5, 'more than five in flight', 40);
      broker.release();
      await Promise.all(published);
      assert.equal(broker.connections[0]?.mostUnacknowledged, 5);
      const payloads = broker.of('publish').map(({ payload }) => payload.toString());
      assert.equal(payloads.length, 50);
      for (const which of [0, 1]) {
        const own = payloads.filter((payload) => payload.startsWith(`${which}-`));
        assert.deepEqual(
          own,
          Array.from({ length: 25 }, (_unused, index) => `${which}-${index}`),
          'in order',
        );
      }
    });
  }

  it('does not hold back QoS 0', async () => {
    const broker = teardown.stopLater(await startStub({ serverProperties: { receiveMaximum: 1 } }));
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 5 });
    await node.lease.connect();
    broker.hold('puback');
    const acknowledged = node.publish({ topic: 'a', payload: '1', qos: 1 });
    await node.publish({ topic: 'a', payload: '0', qos: 0 });
    await waitFor(() => broker.of('publish').length === 2, 'both');
    broker.release();
    await acknowledged;
  });
});
