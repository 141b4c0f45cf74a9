import assert from 'node:assert/strict';
import { startStub } from '../../support/stub-broker';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('bytes that are no MQTT, on an established connection', () => {
  const teardown = useTeardown();

  for (const bytes of ['30ffffffffff', 'f000', '0000', '485454502f312e31']) {
    it(`end it, and it comes back (${bytes})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const pool = mqttPool(teardown);
      const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 4, keepAliveSeconds: 0 });
      await node.subscribed('a', { qos: 1 });
      for (const connection of broker.connections) connection.socket.write(Buffer.from(bytes, 'hex'));
      await waitFor(() => pool.snapshot().connections[0]?.counters.losses === 1, 'the loss');
      await waitFor(() => node.lease.state.kind === 'connected', 'the reconnect');
      await node.publish({ topic: 'a', payload: 'x', qos: 1 });
      await node.got('x');
      assert.deepEqual(node.payloads, ['x']);
    });
  }
});
