import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a profile that changes and keeps its client id', () => {
  const teardown = useTeardown();

  it('takes over without a fight: the old connection is closed before the new one comes', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown, { lingerMillis: 60_000 });
    const profile = { brokers: [broker.url], protocolVersion: 5 as const, clientId: uniqueId('same') };
    const old = new MqttNode(pool, profile);
    await old.subscribed('a', { qos: 1 });
    await old.release({ linger: true });
    const fresh = new MqttNode(pool, { ...profile, keepAliveSeconds: 30 });
    await fresh.subscribed('a', { qos: 1 });
    await waitFor(() => pool.snapshot().connections.length === 1, 'the old connection to go');
    assert.equal(pool.snapshot().connections[0]?.counters.losses, 0);
    assert.equal(broker.count('CONNECT', profile.clientId), 2);
    assert.equal(broker.count('DISCONNECT', profile.clientId), 1);
    assert.ok(!broker.log.some((line) => line.includes('already connected')), 'nobody was thrown out');
  });

  it('and dedicated connections get client ids of their own', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const, clientId: uniqueId('same') };
    const nodes = [
      new MqttNode(pool, profile),
      new MqttNode(pool, profile, { dedicated: true }),
      new MqttNode(pool, profile, { dedicated: true }),
      new MqttNode(pool, profile),
    ];
    for (const { lease } of nodes) await reached(lease, 'connected');
    const snapshot = pool.snapshot().connections;
    assert.deepEqual(
      snapshot.map(({ dedicated, borrowers }) => [dedicated, borrowers.length]),
      [
        [false, 2],
        [true, 1],
        [true, 1],
      ],
    );
    assert.equal(new Set(snapshot.map(({ details }) => details['clientId'])).size, 3);
    assert.ok(!broker.log.some((line) => line.includes('already connected')));
  });
});
