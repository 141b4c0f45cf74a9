import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { freePort } from '../../support/ports';
import { nextLoss, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('a list of brokers', () => {
  const teardown = useTeardown();

  it('is tried in turn, at the start and after a loss, with the subscriptions restored', async () => {
    const [one, other] = [teardown.stopLater(await startMosquitto()), teardown.stopLater(await startMosquitto())];
    const dead = `mqtt://127.0.0.1:${await freePort()}`;
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [dead, one.url, other.url], protocolVersion: 5 });
    await node.subscribed('a', { qos: 1 });
    assert.match(String(pool.snapshot().connections[0]?.details['broker']), new RegExp(`:${one.port}`));
    const lost = nextLoss(node.lease);
    await one.halt();
    await lost;
    await reached(node.lease, 'connected');
    assert.match(String(pool.snapshot().connections[0]?.details['broker']), new RegExp(`:${other.port}`));
    await node.publish({ topic: 'a', payload: 'over there', qos: 1 });
    await node.got('over there');
  });

  it('makes one connection with equal lists, and two with different ones', () => {
    const pool = mqttPool(teardown);
    const keys = [
      ['mqtt://a.invalid', 'mqtt://b.invalid'],
      ['mqtt://a.invalid:1883', 'mqtt://b.invalid:1883'],
      ['mqtt://b.invalid', 'mqtt://a.invalid'],
    ].map((brokers) => new MqttNode(pool, { brokers }, { autoConnect: false }).lease.key);
    assert.equal(keys[0], keys[1]);
    assert.notEqual(keys[0], keys[2]);
  });
});
