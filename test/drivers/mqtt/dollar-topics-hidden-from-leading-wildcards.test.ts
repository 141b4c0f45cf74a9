import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';

describe('topics that begin with a dollar', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`reach who names them and nobody with a leading wildcard (mosquitto, ${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ extra: ['sys_interval 1'] }));
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: version };
      const [all, one, named] = [new MqttNode(pool, profile), new MqttNode(pool, profile), new MqttNode(pool, profile)];
      await all.subscribed('#', { qos: 1 });
      await one.subscribed('+/broker/version', { qos: 1 });
      await named.subscribed('$SYS/broker/version', { qos: 1 });
      await named.got('mosquitto version 2.0.11').catch(() => named.got(named.payloads[0] ?? 'a version'));
      await all.publish({ topic: 'fence', payload: 'end', qos: 1 });
      await all.got('end');
      assert.deepEqual(all.payloads, ['end']);
      assert.deepEqual(one.payloads, []);
    });

    it(`even if the broker sends them for another node's sake (stub, ${version})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: version };
      const [all, named] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      await all.subscribed('#');
      await named.subscribed('$data/#');
      broker.publish('$data/1', 'hidden');
      broker.publish('data/1', 'open');
      await all.got('open');
      assert.deepEqual(all.payloads, ['open']);
      assert.deepEqual(named.payloads, ['hidden']);
    });
  }
});
