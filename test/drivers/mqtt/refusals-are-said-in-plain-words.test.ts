import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { errorOf, reached } from '../../support/states';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';

/** Reason codes of a CONNACK on 3.1.1 and 5, and what they are called here. */
const REFUSALS: readonly [string, number, number, 'refused' | 'waiting'][] = [
  ['MQTT_BAD_CREDENTIALS', 4, 0x86, 'refused'],
  ['MQTT_NOT_AUTHORIZED', 5, 0x87, 'refused'],
  ['MQTT_BAD_CLIENT_ID', 2, 0x85, 'refused'],
  ['MQTT_CONNECTION_REFUSED', 3, 0x88, 'waiting'],
];

describe('a broker that turns the connection away', () => {
  const teardown = useTeardown();

  for (const [code, on311, on5, state] of REFUSALS) {
    for (const version of [4, 5] as const) {
      it(`is ${code}, ${state} (${version})`, async () => {
        const broker = teardown.stopLater(await startStub({ refuseConnect: () => (version === 5 ? on5 : on311) }));
        const node = new MqttNode(mqttPool(teardown), {
          brokers: [broker.url],
          protocolVersion: version,
          username: 'me',
          password: 'hidden-word',
        });
        const error = errorOf(await reached(node.lease, state));
        assert.equal(error.code, code);
        assert.ok(!error.message.includes('hidden-word'));
        assert.ok(error.message.length > 20 && !/undefined|\[object/.test(error.message), error.message);
      });
    }
  }

  for (const version of [4, 5, 'auto'] as const) {
    it(`for a wrong password is said for what it is by mosquitto, and mended by the right one (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ users: { me: 'right' } }));
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: version, username: 'me' };
      const wrong = new MqttNode(pool, { ...profile, password: 'wrong-word' });
      const error = errorOf(await reached(wrong.lease, 'refused'));
      // mosquitto 2.0 answers "not authorized" to a wrong password.
      assert.match(error.code, /^MQTT_(NOT_AUTHORIZED|BAD_CREDENTIALS)$/);
      assert.ok(!JSON.stringify(pool.snapshot()).includes('wrong-word'));
      const right = new MqttNode(pool, { ...profile, password: 'right' });
      await reached(right.lease, 'connected');
      assert.equal(wrong.lease.state.kind === 'connected', false);
    });
  }

  it('because it is not there at all is MQTT_BROKER_UNREACHABLE', async () => {
    for (const url of ['mqtt://127.0.0.1:1', 'mqtt://no-such-host.invalid', 'ws://127.0.0.1:1']) {
      const node = new MqttNode(mqttPool(teardown), { brokers: [url], protocolVersion: 4 });
      const error = errorOf(await reached(node.lease, 'waiting', 10_000));
      assert.equal(error.code, 'MQTT_BROKER_UNREACHABLE', url);
    }
  });
});
