import assert from 'node:assert/strict';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('messages of a session that another connection goes on with', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    for (const acknowledge of ['receipt', 'complete'] as const) {
      const suffix = `(version ${version}, acknowledged on ${acknowledge})`;

      async function start() {
        const broker = teardown.stopLater(await startStub());
        const session = { cleanSession: false, ...(version === 5 ? { sessionExpirySeconds: 60 } : {}) };
        const profile = { brokers: [broker.url], protocolVersion: version, clientId: uniqueId(), ...session };
        const pool = mqttPool(teardown);
        const old = new MqttNode(pool, profile);
        await old.subscribed('a', { qos: 2, acknowledge, keep: true });
        return { broker, old, next: () => new MqttNode(pool, { ...profile, keepAliveSeconds: 30 }) };
      }

      it(`are not acknowledged for nobody while the old one ends ${suffix}`, async () => {
        const { broker, old, next } = await start();
        broker.hold('puback');
        const published = old.publish({ topic: 'b', payload: '', qos: 1 });
        await waitFor(() => broker.of('publish').length === 1, 'a message that keeps the old connection');
        const released = old.release();
        broker.publish('a', '1', { qos: 1 });
        broker.publish('a', '2', { qos: 2 });
        broker.publish('a', '3', { qos: 0 });
        broker.publish('a', '4', { qos: 1 });
        // What the old connection answers comes before its end.
        await Promise.allSettled([released, published]);
        await waitFor(() => broker.of('disconnect').length === 1, 'the end of the old connection');
        assert.deepEqual([...broker.of('puback'), ...broker.of('pubrec')], []);
        const fresh = next();
        await fresh.subscribed('a', { qos: 2 });
        await fresh.got('4');
        await fresh.got('2');
        assert.deepEqual([...fresh.payloads].sort(), ['1', '2', '4']);
        assert.deepEqual(old.payloads, []);
      });
    }

    it(`are handed out before the old one ends if the broker has done with sending them (version ${version})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const session = { cleanSession: false, ...(version === 5 ? { sessionExpirySeconds: 60 } : {}) };
      const profile = { brokers: [broker.url], protocolVersion: version, clientId: uniqueId(), ...session };
      const pool = mqttPool(teardown);
      const [leaving, staying] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      await leaving.subscribed('a', { qos: 2, keep: true });
      await staying.subscribed('b', { qos: 2 });
      broker.hold('pubrel');
      for (const payload of ['1', '2']) broker.publish('a', payload, { qos: 2 });
      broker.publish('b', '3', { qos: 2 });
      await waitFor(() => broker.of('pubrec').length === 3, 'the messages');
      assert.deepEqual(leaving.payloads, []);
      await leaving.release();
      assert.deepEqual(leaving.payloads, ['1', '2']);
      broker.release('pubrel');
      await waitFor(() => broker.of('pubcomp').length === 3, 'their completion');
      broker.publish('b', '4', { qos: 2 });
      await staying.got('4');
      assert.deepEqual(staying.payloads, ['3', '4']);
      assert.deepEqual(leaving.payloads, ['1', '2']);
    });
  }
});
