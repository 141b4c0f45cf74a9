import assert from 'node:assert/strict';
import { startAedes } from '../../support/aedes-broker';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { errorOf, reached, recordKinds } from '../../support/states';
import { startStub } from '../../support/stub-broker';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('protocol version "auto"', () => {
  const teardown = useTeardown();

  it('speaks 5 where it can', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url] });
    await node.lease.connect();
    assert.equal(node.session.protocolVersion, 5);
  });

  const OLD = {
    aedes: () => startAedes(),
    'a stub that answers "unacceptable protocol version"': () => startStub({ versions: [3, 4] }),
    'a stub that just closes': () =>
      startStub({
        onPacket: (packet, connection) => {
          if (packet.cmd !== 'connect' || packet.protocolVersion !== 5) return false;
          connection.destroy();
          return true;
        },
      }),
  };
  for (const [name, start] of Object.entries(OLD)) {
    it(`falls back to 3.1.1 with ${name}, within the first attempt or soon after`, async () => {
      const broker = teardown.stopLater(await start());
      const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url] });
      await reached(node.lease, 'connected');
      assert.equal(node.session.protocolVersion, 4);
      await node.subscribed('a', { qos: 1 });
      await node.publish({ topic: 'a', payload: 'x', qos: 1 });
      await node.got('x');
    });
  }

  it('remembers what the broker speaks when it reconnects, and shows no refusal on the way', async () => {
    const broker = teardown.stopLater(await startStub({ versions: [3, 4] }));
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const node = new MqttNode(mqttPool(teardown), { brokers: [proxy.url] });
    const kinds = recordKinds(node.lease);
    await reached(node.lease, 'connected');
    proxy.cut();
    await waitFor(() => kinds.filter((kind) => kind === 'connected').length === 2, 'the reconnect');
    assert.ok(!kinds.includes('refused'), kinds.join(' '));
    assert.equal(broker.of('connect').filter(({ protocolVersion }) => protocolVersion === 5).length, 1);
  });

  it('while a fixed version the broker does not speak is a refusal', async () => {
    const broker = teardown.stopLater(await startStub({ versions: [4] }));
    for (const protocolVersion of [5, 3] as const) {
      const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion });
      assert.equal(errorOf(await reached(node.lease, 'refused')).code, 'MQTT_BAD_PROTOCOL');
    }
  });

  it('and 3.1 is spoken when it is asked for', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 3 });
    await node.subscribed('a', { qos: 1 });
    await node.publish({ topic: 'a', payload: 'x', qos: 1 });
    await node.got('x');
    assert.equal(node.session.protocolVersion, 3);
  });
});
