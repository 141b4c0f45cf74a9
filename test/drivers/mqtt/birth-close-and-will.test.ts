import assert from 'node:assert/strict';
import type { LifecycleMessage } from '../../../src/drivers/mqtt/profile';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { startStub } from '../../support/stub-broker';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const properties = {
  contentType: 'text/plain',
  responseTopic: 'answers',
  correlationData: Buffer.from('c1'),
  messageExpiryInterval: 60,
  userProperties: { site: 'north' },
};

function lifecycle(name: string): LifecycleMessage {
  return { topic: `state/${name}`, payload: name, qos: 1, retain: true, properties };
}

describe('birth, close and will messages', () => {
  const teardown = useTeardown();

  it('carry their MQTT 5 properties to the broker', async () => {
    const broker = teardown.stopLater(await startStub());
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 5,
      birth: lifecycle('birth'),
      close: lifecycle('close'),
      will: { ...lifecycle('will'), properties: { ...properties, willDelayInterval: 5 } },
    });
    await node.lease.connect();
    await waitFor(() => broker.of('publish').length === 1, 'the birth message');
    await node.release();
    await waitFor(() => broker.of('disconnect').length === 1, 'the DISCONNECT');
    const [connect] = broker.of('connect');
    assert.equal(connect?.will?.topic, 'state/will');
    assert.equal(connect.will.payload.toString(), 'will');
    assert.deepEqual([connect.will.qos, connect.will.retain], [1, true]);
    assert.deepEqual({ ...connect.will.properties?.userProperties }, { site: 'north' });
    assert.equal(connect.will.properties?.willDelayInterval, 5);
    assert.equal(connect.will.properties?.contentType, 'text/plain');
    assert.equal(connect.will.properties?.responseTopic, 'answers');
    assert.equal(connect.will.properties?.correlationData?.toString(), 'c1');
    assert.equal(connect.will.properties?.messageExpiryInterval, 60);
    const publishes = broker.of('publish');
    assert.deepEqual(
      publishes.map(({ topic, payload, qos, retain }) => [topic, payload.toString(), qos, retain]),
      [
        ['state/birth', 'birth', 1, true],
        ['state/close', 'close', 1, true],
      ],
    );
    for (const publish of publishes) {
      assert.equal(publish.properties?.contentType, 'text/plain');
      assert.equal(publish.properties?.responseTopic, 'answers');
      assert.equal(publish.properties?.correlationData?.toString(), 'c1');
      assert.equal(publish.properties?.messageExpiryInterval, 60);
      assert.deepEqual({ ...publish.properties?.userProperties }, { site: 'north' });
    }
    assert.equal(broker.received.at(-1)?.packet.cmd, 'disconnect', 'nothing comes after the DISCONNECT');
  });

  for (const version of [4, 5] as const) {
    it(`closing cleanly publishes the close message and no will (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const watcher = teardown.closeLater(await PrivateClient.connect(broker.url));
      await watcher.subscribe('state/#', { qos: 1 });
      const clientId = uniqueId();
      const node = new MqttNode(mqttPool(teardown), {
        brokers: [broker.url],
        protocolVersion: version,
        clientId,
        birth: { topic: 'state/birth', payload: 'hello' },
        close: { topic: 'state/close', payload: 'goodbye' },
        will: { topic: 'state/will', payload: 'lost' },
      });
      await node.lease.connect();
      await watcher.got(1);
      await node.release();
      await broker.waitForLog(new RegExp(`^Received DISCONNECT from ${clientId}`));
      await watcher.publish('state/end', 'end', { qos: 1 });
      await watcher.got(({ payload }) => payload === 'end');
      assert.deepEqual(watcher.payloads, ['hello', 'goodbye', 'end']);
    });

    it(`losing the connection publishes the will, and coming back the birth again (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const proxy = teardown.stopLater(await startProxy(broker.port));
      const watcher = teardown.closeLater(await PrivateClient.connect(broker.url));
      await watcher.subscribe('state/#', { qos: 1 });
      const node = new MqttNode(mqttPool(teardown), {
        brokers: [proxy.url],
        protocolVersion: version,
        birth: { topic: 'state/birth', payload: 'hello' },
        will: { topic: 'state/will', payload: 'lost', qos: 1 },
      });
      await node.lease.connect();
      await watcher.got(1);
      proxy.cut();
      await watcher.got(3);
      assert.deepEqual(watcher.payloads.sort(), ['hello', 'hello', 'lost']);
    });
  }

  it('disconnect() by hand ends cleanly, too, and connect() is born again', async () => {
    const broker = teardown.stopLater(await startStub());
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 4,
      birth: { topic: 'state', payload: 'hello' },
      close: { topic: 'state', payload: 'goodbye' },
    });
    await node.lease.connect();
    await node.lease.disconnect();
    await node.lease.connect();
    await waitFor(() => broker.of('publish').length === 3, 'birth, close, birth');
    assert.deepEqual(
      broker.of('publish').map(({ payload }) => payload.toString()),
      ['hello', 'goodbye', 'hello'],
    );
    assert.equal(broker.of('disconnect').length, 1);
  });

  it('comes after the subscriptions, so that a node gets the birth message of its own connection', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 5,
      birth: { topic: 'state/birth', payload: 'hello' },
    });
    node.subscribe('state/#');
    await node.got('hello');
  });
});
