import assert from 'node:assert/strict';
import { describeEach, REAL_BROKERS } from '../../support/broker-kinds';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { reached } from '../../support/states';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describeEach(REAL_BROKERS, 'publishing before the first connection', (kind) => {
  const teardown = useTeardown();

  for (const qos of [0, 1, 2] as const) {
    it(`waits and loses none of 100, in order, at QoS ${qos}`, async () => {
      const broker = teardown.stopLater(await kind.start());
      const receiver = teardown.closeLater(await PrivateClient.connect(broker.url));
      await receiver.subscribe('early', { qos: 2 });
      const proxy = teardown.stopLater(await startProxy(broker.port));
      await proxy.stop();
      const pool = mqttPool(teardown);
      const node = new MqttNode(pool, { brokers: [proxy.url], protocolVersion: kind.version });
      await reached(node.lease, 'waiting');
      let settled = 0;
      const numbers = Array.from({ length: 100 }, (_unused, index) => String(index));
      const published = numbers.map((payload) =>
        node.publish({ topic: 'early', payload, qos }).then(() => (settled += 1)),
      );
      assert.equal(node.session.queued, 100);
      assert.equal(settled, 0, 'no callback before it is sent');
      await proxy.start();
      await Promise.all(published);
      await receiver.got(100);
      assert.deepEqual(receiver.payloads, numbers);
      assert.equal(node.session.queued, 0);
    });
  }

  it('in the very tick of acquire works, too', async () => {
    const broker = teardown.stopLater(await kind.start());
    const receiver = teardown.closeLater(await PrivateClient.connect(broker.url));
    await receiver.subscribe('early', { qos: 1 });
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: kind.version });
    await node.publish({ topic: 'early', payload: 'first', qos: 0 });
    await waitFor(() => receiver.payloads.includes('first'), 'the message');
  });
});
