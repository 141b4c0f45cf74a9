import assert from 'node:assert/strict';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('closing', () => {
  const teardown = useTeardown();

  for (const version of [3, 4, 5] as const) {
    it(`sends what was published before, then DISCONNECT, then closes the socket (${version})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const pool = mqttPool(teardown);
      const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: version });
      await node.lease.connect();
      const published = [0, 1, 2].map((qos) =>
        node.publish({ topic: 'a', payload: String(qos), qos: qos as 0 | 1 | 2 }),
      );
      await Promise.all(published);
      await pool.close();
      assert.equal(node.lease.state.kind, 'closed');
      await waitFor(() => broker.connections.length === 0, 'the socket to be closed');
      assert.equal(broker.received.at(-1)?.packet.cmd, 'disconnect');
      assert.equal(broker.of('disconnect').length, 1);
    });
  }

  it('two seconds is enough while the broker does not answer what is in flight', async () => {
    const broker = teardown.stopLater(await startStub());
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 5 });
    await node.lease.connect();
    broker.hold('puback');
    const published = node.publish({ topic: 'a', payload: 'x', qos: 1 });
    const outcome = assert.rejects(published, { name: 'PoolError' });
    await waitFor(() => broker.of('publish').length === 1, 'the message');
    const began = Date.now();
    await node.release();
    assert.ok(Date.now() - began < 15_000);
    await outcome;
  });
});
