import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const MESSAGES = 100;

describe(`${MESSAGES} messages sent while mosquitto is stopped`, () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    for (const qos of [0, 1, 2] as const) {
      it(`all arrive, in order, at QoS ${qos} (${version})`, async () => {
        const broker = teardown.stopLater(await startMosquitto());
        const proxy = teardown.stopLater(await startProxy(broker.port));
        const node = new MqttNode(mqttPool(teardown), { brokers: [proxy.url], protocolVersion: version });
        await node.publish({ topic: 'outage', payload: 'before', qos: 1 });
        await broker.halt();
        await waitFor(() => node.lease.state.kind !== 'connected', 'the loss to be seen');
        const numbers = Array.from({ length: MESSAGES }, (_unused, index) => String(index));
        const published = numbers.map((payload) => node.publish({ topic: 'outage', payload, qos }));
        // The receiver has to be there before the sender comes back.
        await proxy.stop();
        await broker.start();
        const receiver = teardown.closeLater(await PrivateClient.connect(broker.url));
        await receiver.subscribe('outage', { qos: 2 });
        await proxy.start();
        await Promise.all(published);
        await receiver.got(MESSAGES);
        assert.deepEqual(receiver.payloads, numbers);
      });
    }
  }

  for (const qos of [1, 2] as const) {
    it(`and none is lost when the connection breaks in the middle of a stream at QoS ${qos}`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const proxy = teardown.stopLater(await startProxy(broker.port));
      const receiver = teardown.closeLater(await PrivateClient.connect(broker.url));
      await receiver.subscribe('stream', { qos: 2 });
      const node = new MqttNode(mqttPool(teardown), { brokers: [proxy.url], protocolVersion: 5 });
      await node.lease.connect();
      const numbers = Array.from({ length: 400 }, (_unused, index) => String(index));
      const published = numbers.map(async (payload, index) => {
        await node.publish({ topic: 'stream', payload, qos });
        if (index === 50 || index === 200) proxy.cut();
      });
      await Promise.all(published);
      await waitFor(() => new Set(receiver.payloads).size === numbers.length, 'every message', 10_000);
      // At least once: a message whose acknowledgement was lost may come twice; first arrivals keep their order.
      const firsts = [...new Set(receiver.payloads)];
      assert.deepEqual(firsts, numbers);
    });
  }
});
