import assert from 'node:assert/strict';
import type { MqttProfile } from '../../../src/drivers/mqtt/profile';
import {
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
  OTHER_CA,
  SERVER_CERTIFICATE,
  SERVER_KEY,
  TEST_CA,
} from '../../support/certificates';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { errorOf, reached } from '../../support/states';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const SERVER = { ca: TEST_CA, cert: SERVER_CERTIFICATE, key: SERVER_KEY };

describe('transports', () => {
  const teardown = useTeardown();

  async function works(profile: MqttProfile): Promise<void> {
    const node = new MqttNode(mqttPool(teardown), profile);
    await node.subscribed('a/b', { qos: 1 });
    await node.publish({ topic: 'a/b', payload: 'x'.repeat(10_000), qos: 1 });
    await node.got('x'.repeat(10_000));
    await node.release();
  }

  async function refusedFor(profile: MqttProfile): Promise<string> {
    const node = new MqttNode(mqttPool(teardown), profile);
    return errorOf(await reached(node.lease, 'refused')).code;
  }

  for (const protocolVersion of [4, 5, 'auto'] as const) {
    it(`mqtts works (${protocolVersion})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ tls: SERVER }));
      await works({ brokers: [broker.url], protocolVersion, tls: { ca: TEST_CA } });
    });

    it(`ws works (${protocolVersion})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ websockets: true }));
      await works({ brokers: [`${broker.url}/mqtt`], protocolVersion });
    });

    it(`wss works (${protocolVersion})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ websockets: true, tls: SERVER }));
      await works({ brokers: [`${broker.url}/mqtt`], protocolVersion, tls: { ca: TEST_CA } });
    });

    it(`a certificate of an unknown authority is MQTT_TLS (${protocolVersion})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ tls: SERVER }));
      assert.equal(await refusedFor({ brokers: [broker.url], protocolVersion, tls: { ca: OTHER_CA } }), 'MQTT_TLS');
      assert.equal(await refusedFor({ brokers: [broker.url], protocolVersion }), 'MQTT_TLS');
    });
  }

  it('a client certificate is sent where it is asked for', async () => {
    const broker = teardown.stopLater(await startMosquitto({ tls: { ...SERVER, requireCertificate: true } }));
    await works({ brokers: [broker.url], tls: { ca: TEST_CA, cert: CLIENT_CERTIFICATE, key: CLIENT_KEY } });
  });

  it('an unverified certificate is taken only when that is asked for', async () => {
    const broker = teardown.stopLater(await startMosquitto({ tls: SERVER }));
    await works({ brokers: [broker.url], tls: { rejectUnauthorized: false } });
  });

  it('a server name that does not fit the certificate is MQTT_TLS', async () => {
    const broker = teardown.stopLater(await startMosquitto({ tls: SERVER }));
    const tls = { ca: TEST_CA, servername: 'elsewhere.invalid' };
    assert.equal(await refusedFor({ brokers: [broker.url], protocolVersion: 5, tls }), 'MQTT_TLS');
  });

  it('a key that can not be read is MQTT_TLS and shows nothing of it', async () => {
    const broker = teardown.stopLater(await startMosquitto({ tls: SERVER }));
    const pool = mqttPool(teardown);
    const tls = { ca: TEST_CA, cert: CLIENT_CERTIFICATE, key: 'no key, but hush-hush' };
    let code: string;
    try {
      const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 5, tls });
      code = errorOf(await reached(node.lease, 'refused')).code;
    } catch (thrown) {
      code = (thrown as { code?: string }).code ?? String(thrown);
    }
    assert.match(code, /^MQTT_(TLS|INVALID_PROFILE)$/);
    assert.ok(!JSON.stringify(pool.snapshot()).includes('hush-hush'));
  });

  it('TLS to a plain port, and plain to a TLS port, fail with a reason', async () => {
    const plain = teardown.stopLater(await startMosquitto());
    const secure = teardown.stopLater(await startMosquitto({ tls: SERVER }));
    const stub = teardown.stopLater(await startStub());
    for (const url of [
      `mqtts://127.0.0.1:${plain.port}`,
      `mqtt://127.0.0.1:${secure.port}`,
      `ws://127.0.0.1:${plain.port}`,
      `ws://127.0.0.1:${stub.port}`,
    ]) {
      const node = new MqttNode(mqttPool(teardown), {
        brokers: [url],
        protocolVersion: 4,
        connectTimeoutMillis: 500,
        tls: { ca: TEST_CA },
      });
      const failed = await waitFor(
        () => [node.lease.state].find(({ kind }) => kind === 'waiting' || kind === 'refused'),
        () => `${url} to fail`,
      );
      assert.match(errorOf(failed).code, /^(MQTT_|CONNECT_TIMEOUT)/, url);
    }
  });

  it('different certificates are different connections', () => {
    const pool = mqttPool(teardown);
    const keyOf = (tls: MqttProfile['tls']) =>
      new MqttNode(pool, { brokers: ['mqtts://localhost'], ...(tls ? { tls } : {}) }, { autoConnect: false }).lease.key;
    assert.equal(keyOf({ ca: TEST_CA }), keyOf({ ca: TEST_CA, rejectUnauthorized: true }));
    assert.equal(new Set([keyOf(undefined), keyOf({ ca: TEST_CA }), keyOf({ ca: OTHER_CA })]).size, 3);
  });
});
