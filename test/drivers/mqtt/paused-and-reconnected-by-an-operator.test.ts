import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { testProfile } from '../../../src/core/test-profile';
import { type MessageEvent, RECEIVE_CHANNEL, SEND_CHANNEL, SETTLE_CHANNEL } from '../../../src/core/tracing';
import { mqttDriver } from '../../../src/drivers/mqtt/mqtt-driver';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('an MQTT connection in the hands of an operator', () => {
  const teardown = useTeardown();

  async function world() {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [`mqtt://127.0.0.1:${broker.port}`], clientId: uniqueId() };
    const [from, to] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await to.subscribed('a/#', { qos: 1 });
    return { broker, pool, profile, from, to };
  }

  it('queues what is sent during a pause and delivers it in order afterwards', async () => {
    const { pool, from, to } = await world();
    await pool.pause(from.lease.key);
    const sent = ['1', '2', '3'].map((payload) => from.publish({ topic: 'a/b', payload, qos: 1 }));
    assert.equal(pool.find(from.lease.key)?.queued, 3);
    assert.deepEqual(to.payloads, []);
    await pool.resume(from.lease.key);
    await Promise.all(sent);
    await to.got('3');
    assert.deepEqual(to.payloads, ['1', '2', '3']);
    assert.equal(pool.find(from.lease.key)?.queued, 0);
  });

  it('loses nothing of what is sent while it is reconnected again and again', async () => {
    const { pool, from, to } = await world();
    const sent: Promise<void>[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 20; index += 1) {
        sent.push(from.publish({ topic: 'a/b', payload: `${round}-${index}`, qos: 1 }));
      }
      await pool.reconnect(from.lease.key);
    }
    await Promise.all(sent);
    await to.got('4-19');
    assert.equal(new Set(to.payloads).size, 100);
    assert.equal(pool.find(from.lease.key)?.counters.reconnects, 5);
  });

  it('measures each message and tells tracing tools of it', async () => {
    const { pool, from, to } = await world();
    const events: { readonly channel: string; readonly event: MessageEvent }[] = [];
    for (const channel of [SEND_CHANNEL, SETTLE_CHANNEL, RECEIVE_CHANNEL]) {
      const listener = (event: unknown) => void events.push({ channel, event: event as MessageEvent });
      subscribe(channel, listener);
      teardown.defer(() => unsubscribe(channel, listener));
    }
    for (const qos of [0, 1, 2] as const) await from.publish({ topic: `a/${qos}`, payload: 'four', qos });
    await to.got('four');
    const latency = pool.find(from.lease.key)?.latency;
    assert.equal(latency?.count, 3);
    assert.ok(latency.sumMillis > 0 && latency.sumMillis < 5000);
    const of = (channel: string) => events.filter((one) => one.channel === channel).map(({ event }) => event);
    assert.deepEqual(
      of(SEND_CHANNEL).map(({ key, address, subject, bytes }) => [key, address, subject, bytes]),
      [0, 1, 2].map((qos) => [from.lease.key, from.lease.address, `a/${qos}`, 4]),
    );
    assert.deepEqual(of(SETTLE_CHANNEL), of(SEND_CHANNEL));
    assert.ok(of(SETTLE_CHANNEL).every(({ millis, error }) => millis !== undefined && !error));
    assert.ok(of(RECEIVE_CHANNEL).length > 0);
  });

  it('is not disturbed by a test of its settings, which sends no message of its own', async () => {
    const { broker, pool, profile, from, to } = await world();
    const message = { topic: 'a/birth', payload: 'born' };
    const settings = { ...profile, cleanSession: false, birth: message, close: message, will: message };
    const result = await testProfile(pool, mqttDriver, settings, 5000);
    assert.equal(result.ok, true);
    assert.notEqual(result.ok && result.details['clientId'], profile.clientId);
    await from.publish({ topic: 'a/after', payload: 'after', qos: 1 });
    await to.got('after');
    assert.deepEqual(to.payloads, ['after']);
    assert.equal(broker.count('CONNECT'), 2);
    assert.equal(pool.find(from.lease.key)?.counters.losses, 0);
    await reached(from.lease, 'connected');
  });
});
