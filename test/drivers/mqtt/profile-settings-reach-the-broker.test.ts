import assert from 'node:assert/strict';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('the settings of a profile', () => {
  const teardown = useTeardown();

  it('are in the CONNECT of MQTT 5', async () => {
    const broker = teardown.stopLater(await startStub());
    const clientId = uniqueId();
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 5,
      clientId,
      username: 'me',
      password: 'pw',
      keepAliveSeconds: 17,
      cleanSession: false,
      sessionExpirySeconds: 99,
      receiveMaximum: 12,
      maximumPacketSize: 4321,
      topicAliasMaximum: 7,
      userProperties: { site: 'north', tags: ['a', 'b'] },
    });
    await node.lease.connect();
    const [connect] = broker.of('connect');
    assert.equal(connect?.clientId, clientId);
    assert.equal(connect.username, 'me');
    assert.equal(connect.password?.toString(), 'pw');
    assert.equal(connect.keepalive, 17);
    assert.equal(connect.clean, false);
    assert.equal(connect.properties?.sessionExpiryInterval, 99);
    assert.equal(connect.properties?.receiveMaximum, 12);
    assert.equal(connect.properties?.maximumPacketSize, 4321);
    assert.equal(connect.properties?.topicAliasMaximum, 7);
    assert.deepEqual({ ...connect.properties?.userProperties }, { site: 'north', tags: ['a', 'b'] });
  });

  it('are in the CONNECT of 3.1.1 as far as it knows them', async () => {
    const broker = teardown.stopLater(await startStub());
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 4,
      keepAliveSeconds: 0,
      receiveMaximum: 12,
      sessionExpirySeconds: 99,
    });
    await node.lease.connect();
    const [connect] = broker.of('connect');
    assert.equal(connect?.keepalive, 0);
    assert.equal(connect.clean, true);
    assert.equal(connect.properties, undefined);
  });

  it('without a client id has one made up that stays the same over reconnects', async () => {
    const broker = teardown.stopLater(await startStub());
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 5 });
    await node.lease.connect();
    broker.dropAll();
    await waitFor(() => broker.of('connect').length === 2, 'the reconnect');
    const ids = broker.of('connect').map(({ clientId }) => clientId);
    assert.ok((ids[0] ?? '').length > 5);
    assert.equal(ids[0], ids[1]);
    assert.equal(pool.snapshot().connections[0]?.details['clientId'], ids[0]);
  });

  it('that equal each other are one connection, however they are written', () => {
    const pool = mqttPool(teardown);
    const keyOf = (profile: object) =>
      new MqttNode(pool, { brokers: ['mqtt://localhost'], ...profile }, { autoConnect: false }).lease.key;
    const plain = keyOf({});
    const same = [
      { brokers: ['mqtt://localhost:1883'] },
      { brokers: ['mqtt://LOCALHOST:1883/'] },
      { protocolVersion: 'auto' },
      { clientId: '' },
      { keepAliveSeconds: 60 },
      { cleanSession: true, connectTimeoutMillis: 30_000 },
      { userProperties: {} },
    ];
    for (const profile of same) assert.equal(keyOf(profile), plain, JSON.stringify(profile));
    const different = [
      { brokers: ['mqtt://localhost:1884'] },
      { brokers: ['ws://localhost:1883'] },
      { protocolVersion: 4 },
      { clientId: 'x' },
      { username: 'x' },
      { username: 'x', password: 'y' },
      { cleanSession: false, clientId: 'x' },
      { will: { topic: 'x' } },
      { userProperties: { a: 'b' } },
    ];
    assert.equal(new Set([plain, ...different.map(keyOf)]).size, different.length + 1);
  });

  it('that can not work are an error at acquire', () => {
    const pool = mqttPool(teardown);
    for (const profile of [
      { brokers: [] },
      { brokers: [''] },
      { brokers: ['http://localhost'] },
      { brokers: ['mqtt://localhost:99999'] },
      { brokers: ['mqtt://localhost'], protocolVersion: 6 as never },
      { brokers: ['mqtt://localhost'], will: { topic: 'a/#' } },
    ]) {
      assert.throws(
        () => new MqttNode(pool, profile),
        (thrown: { code?: string }) => /^(MQTT_INVALID_(PROFILE|TOPIC)|POOL_INVALID_PROFILE)$/.test(thrown.code ?? ''),
        JSON.stringify(profile),
      );
    }
  });
});
