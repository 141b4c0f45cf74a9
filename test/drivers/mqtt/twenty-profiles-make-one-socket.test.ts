import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useTeardown } from '../../support/teardown';

describe('twenty copies of a profile', () => {
  const teardown = useTeardown();

  for (const clientId of ['', uniqueId('one')]) {
    it(`make one connection, ${clientId === '' ? 'without' : 'with'} a client id, however often nodes come and go`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const pool = mqttPool(teardown, { lingerMillis: 5000 });
      const profile = () => ({ brokers: [broker.url], protocolVersion: 5 as const, clientId });
      for (let deploy = 0; deploy < 3; deploy += 1) {
        const nodes = Array.from({ length: 20 }, () => new MqttNode(pool, profile()));
        for (const [index, node] of nodes.entries()) await node.subscribed(`t/${index}`, { qos: 1 });
        const publisher = await PrivateClient.connect(broker.url);
        await publisher.publish('t/7', String(deploy), { qos: 1 });
        await publisher.close();
        await nodes[7]?.got(String(deploy));
        for (const node of nodes) await node.release({ linger: true });
      }
      const publishers = 3;
      assert.equal(broker.count('CONNECT') - publishers, 1);
    });
  }
});
