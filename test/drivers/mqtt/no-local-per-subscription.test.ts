import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { type OverlapMode, startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';

const stub = (overlap: OverlapMode) => () => startStub({ overlap });
const BROKERS: Record<string, () => Promise<{ url: string; stop(): Promise<void> }>> = {
  mosquitto: () => startMosquitto(),
  'stub, one copy with ids': stub('one-copy-with-ids'),
  'stub, copy per subscription': stub('copy-per-subscription'),
};

describe('no local', () => {
  const teardown = useTeardown();

  for (const [name, start] of Object.entries(BROKERS)) {
    it(`keeps what this connection published from who asked for that, and from nobody else (${name})`, async () => {
      const broker = teardown.stopLater(await start());
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: 5 as const };
      const [foreign, all, publishing] = [
        new MqttNode(pool, profile),
        new MqttNode(pool, profile),
        new MqttNode(pool, profile),
      ];
      await foreign.subscribed('n/a', { qos: 1, noLocal: true });
      await all.subscribed('n/a', { qos: 1, noLocal: false });
      const external = teardown.closeLater(await PrivateClient.connect(broker.url));
      await publishing.publish({ topic: 'n/a', payload: 'own', qos: 1 });
      await external.publish('n/a', 'foreign', { qos: 1 });
      await publishing.publish({ topic: 'n/a', payload: 'own again', qos: 1 });
      await external.publish('n/a', 'end', { qos: 1 });
      await foreign.got('end');
      await all.got('end');
      assert.deepEqual(foreign.payloads, ['foreign', 'end']);
      assert.deepEqual(all.payloads, ['own', 'foreign', 'own again', 'end']);
    });
  }

  it('works for everybody who asks, in any order, and is of no concern on 3.1.1', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    for (const [version, expected] of [
      [5, ['end']],
      [4, ['own', 'end']],
    ] as const) {
      const profile = { brokers: [broker.url], protocolVersion: version };
      const nodes = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      for (const node of nodes) await node.subscribed(`n/${version}`, { qos: 1, noLocal: true });
      const external = teardown.closeLater(await PrivateClient.connect(broker.url));
      await nodes[0]?.publish({ topic: `n/${version}`, payload: 'own', qos: 1 });
      await external.publish(`n/${version}`, 'end', { qos: 1 });
      for (const node of nodes) {
        await node.got('end');
        assert.deepEqual(node.payloads, expected);
      }
    }
  });
});
