import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a persistent session', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    for (const keep of [true, false]) {
      it(`${keep ? 'keeps' : 'drops'} the subscription of a node that left, as it says (${version})`, async () => {
        const broker = teardown.stopLater(await startMosquitto());
        const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
        const pool = mqttPool(teardown);
        const profile = {
          brokers: [broker.url],
          protocolVersion: version,
          clientId: uniqueId(),
          cleanSession: false,
          ...(version === 5 ? { sessionExpirySeconds: 60 } : {}),
        };
        const before = new MqttNode(pool, profile);
        await before.subscribed('kept/a', { qos: 1, keep });
        await publisher.publish('kept/a', '1', { qos: 1 });
        await before.got('1');
        await before.release();
        for (const payload of ['2', '3']) await publisher.publish('kept/a', payload, { qos: 1 });
        const after = new MqttNode(pool, profile);
        await after.subscribed('kept/a', { qos: 1, keep });
        await publisher.publish('kept/a', 'end', { qos: 1 });
        await after.got('end');
        assert.deepEqual(after.payloads, keep ? ['2', '3', 'end'] : ['end']);
        assert.deepEqual(before.payloads, ['1']);
      });
    }

    for (const qos of [1, 2] as const) {
      it(`gets what was sent during an outage at QoS ${qos} (${version})`, async () => {
        const broker = teardown.stopLater(await startMosquitto());
        const proxy = teardown.stopLater(await startProxy(broker.port));
        const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
        const profile = {
          brokers: [proxy.url],
          protocolVersion: version,
          clientId: uniqueId(),
          cleanSession: false,
          ...(version === 5 ? { sessionExpirySeconds: 60 } : {}),
        };
        const pool = mqttPool(teardown);
        const [one, other] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
        await one.subscribed('away/#', { qos });
        await other.subscribed('away/a', { qos });
        await proxy.stop();
        await waitFor(() => one.lease.state.kind !== 'connected', 'the loss');
        for (const payload of ['1', '2', 'end']) await publisher.publish('away/a', payload, { qos });
        await proxy.start();
        await one.got('end');
        await other.got('end');
        assert.deepEqual(one.payloads, ['1', '2', 'end']);
        assert.deepEqual(other.payloads, ['1', '2', 'end']);
      });
    }
  }
});
