/** The steps of a test of settings, against real servers, and at which of them each kind of failure is told. */
import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { testProfile, type TestResult } from '../../src/core/test-profile';
import { httpDriver } from '../../src/drivers/http/http-driver';
import { mqttDriver } from '../../src/drivers/mqtt/mqtt-driver';
import { redisDriver } from '../../src/drivers/redis/redis-driver';
import { EXPIRED_CERTIFICATE, EXPIRED_KEY, SERVER_CERTIFICATE, SERVER_KEY, TEST_CA } from '../support/certificates';
import { startHttpServer } from '../support/http-server';
import { startMosquitto } from '../support/mosquitto';
import { freePort } from '../support/ports';
import { startRawServer } from '../support/raw-server';
import { startRedis } from '../support/redis-server';
import { startStub } from '../support/stub-broker';
import { useTeardown } from '../support/teardown';

/** Only as long as a silent server is waited for. */
const PATIENCE_MILLIS = 20_000;
const IMPATIENCE_MILLIS = 300;
const CERTIFICATES = { ca: TEST_CA, cert: SERVER_CERTIFICATE, key: SERVER_KEY };
const EXPIRED = { ca: EXPIRED_CERTIFICATE, cert: EXPIRED_CERTIFICATE, key: EXPIRED_KEY };
const TRUSTING = { ca: TEST_CA };

const stepsOf = ({ steps }: TestResult) => steps.map(({ step }) => step).join(' ');

describe('a test of settings says how far it came', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  function tester() {
    const pool = teardown.closeLater(new Pool());
    const mqtt = (url: string, more = {}, millis = PATIENCE_MILLIS) =>
      testProfile(pool, mqttDriver, { brokers: [url], ...more }, millis);
    const redis = (port: number, more = {}, { host = '127.0.0.1', millis = PATIENCE_MILLIS } = {}) =>
      testProfile(pool, redisDriver, { endpoint: { kind: 'standalone', host, port }, ...more }, millis);
    const http = (baseUrl: string, more = {}, millis = PATIENCE_MILLIS) =>
      testProfile(pool, httpDriver, { baseUrl, ...more }, millis);
    return { mqtt, redis, http };
  }

  const works = (result: TestResult, steps: string) => {
    assert.ok(result.ok, result.ok ? '' : result.error.message);
    assert.equal(stepsOf(result), steps);
    for (const { millis } of result.steps) assert.ok(millis >= 0);
    return result.details;
  };

  const fails = (result: TestResult, steps: string, failed: string, message: RegExp) => {
    assert.ok(!result.ok);
    assert.equal(`${stepsOf(result)}, not ${result.failed}`, `${steps}, not ${failed}`, result.error.message);
    assert.match(result.error.message, message);
  };

  it('with MQTT: each step, and what the broker calls itself', async () => {
    const { mqtt } = tester();
    const plain = teardown.stopLater(await startMosquitto({ users: { site: 'right' } }));
    const secure = teardown.stopLater(await startMosquitto({ tls: CERTIFICATES }));
    const webSocket = teardown.stopLater(await startMosquitto({ websockets: true }));
    const login = { username: 'site', password: 'right' };
    const details = works(await mqtt(plain.url, login), 'reach login answer');
    assert.match(String(details['server']), /^mosquitto version 2/);
    assert.equal(details['protocolVersion'], 5);
    const byName = await mqtt(`mqtt://localhost:${plain.port}`, { ...login, protocolVersion: 4 });
    assert.match(String(works(byName, 'resolve reach login answer')['server']), /^mosquitto/);
    works(await mqtt(secure.url, { tls: TRUSTING }), 'reach secure login answer');
    works(await mqtt(webSocket.url), 'reach login answer');
  });

  it('with a broker that refuses, or hangs up on, the question for its version: it works without', async () => {
    const { mqtt } = tester();
    const refusing = teardown.stopLater(await startStub({ refuseFilter: () => 0x87 }));
    const hangingUp = teardown.stopLater(
      await startStub({
        onPacket: ({ cmd }, connection) => {
          if (cmd === 'subscribe') connection.destroy();
          return cmd === 'subscribe';
        },
      }),
    );
    for (const { url } of [refusing, hangingUp]) {
      assert.equal(works(await mqtt(url), 'reach login answer')['server'], undefined);
    }
  });

  it('with MQTT: where it fails, and what to change', async () => {
    const { mqtt } = tester();
    const [plain, secure, expired] = await Promise.all([
      startMosquitto({ users: { site: 'right' } }),
      startMosquitto({ tls: CERTIFICATES }),
      startMosquitto({ tls: EXPIRED }),
    ]);
    for (const broker of [plain, secure, expired]) teardown.stopLater(broker);
    const picky = teardown.stopLater(await startStub({ refuseConnect: () => 0x85 }));
    const redis = teardown.stopLater(await startRedis());
    const web = teardown.stopLater(await startHttpServer((_request, response) => response.end()));
    const secureUrl = (port: number) => `mqtts://127.0.0.1:${port}`;
    fails(await mqtt('mqtt://no-such-host.invalid'), '', 'resolve', /host name/);
    fails(await mqtt(`mqtt://127.0.0.1:${await freePort()}`), '', 'reach', /nothing listens there/);
    fails(await mqtt(plain.url, { username: 'site', password: 'wrong' }), 'reach', 'login', /check user/);
    fails(await mqtt(picky.url, { clientId: 'me' }), 'reach', 'login', /client id/i);
    fails(await mqtt(secureUrl(plain.port), { tls: TRUSTING }), 'reach', 'secure', /no TLS on this port/);
    fails(await mqtt(secureUrl(web.port), { tls: TRUSTING }), 'reach', 'secure', /no TLS on this port/);
    fails(await mqtt(`mqtt://127.0.0.1:${secure.port}`), 'reach', 'login', /want(s)? TLS/);
    fails(await mqtt(secure.url, { tls: { rejectUnauthorized: true } }), 'reach', 'secure', /nobody who is trusted/);
    fails(await mqtt(expired.url, { tls: { ca: EXPIRED_CERTIFICATE } }), 'reach', 'secure', /has expired/);
    const elsewhere = { ...TRUSTING, servername: 'other.example' };
    fails(await mqtt(secure.url, { tls: elsewhere }), 'reach', 'secure', /other names \(DNS:localhost/);
    fails(await mqtt(`mqtt://127.0.0.1:${web.port}`), 'reach', 'login', /check the port/);
    const onRedis = await mqtt(`mqtt://127.0.0.1:${redis.port}`, {}, IMPATIENCE_MILLIS);
    fails(
      onRedis,
      'reach',
      'login',
      /took the connection \(TCP\), but did not answer the login within 0\.3 s: .*another protocol/,
    );
  });

  it('with Redis', async () => {
    const { redis } = tester();
    const [plain, secure] = await Promise.all([startRedis({ password: 'right' }), startRedis({ tls: true })]);
    for (const server of [plain, secure]) teardown.stopLater(server);
    const web = teardown.stopLater(await startHttpServer((_request, response) => response.end()));
    const broker = teardown.stopLater(await startMosquitto());
    const silent = teardown.stopLater(await startRawServer(() => undefined));
    const silentPort = Number(new URL(silent.url).port);
    const details = works(await redis(plain.port, { password: 'right' }), 'reach login answer');
    assert.match(String(details['version']), /^\d+\.\d+/);
    const byName = await redis(plain.port, { password: 'right' }, { host: 'localhost' });
    works(byName, 'resolve reach login answer');
    works(await redis(secure.port, { tls: TRUSTING }), 'reach secure login answer');
    fails(await redis(plain.port, {}, { host: 'no-such-host.invalid' }), '', 'resolve', /host name/);
    fails(await redis(await freePort()), '', 'reach', /nothing listens there/);
    fails(await redis(plain.port, { password: 'wrong' }), 'reach', 'login', /Check user name and password/);
    fails(await redis(plain.port), 'reach', 'login', /wants a password/);
    fails(await redis(secure.port), 'reach', 'login', /want TLS/);
    const untrusting = { tls: { rejectUnauthorized: true } };
    fails(await redis(secure.port, untrusting), 'reach', 'secure', /nobody who is trusted/);
    const secureToPlain = await redis(plain.port, { tls: TRUSTING }, { millis: IMPATIENCE_MILLIS });
    fails(secureToPlain, 'reach', 'secure', /no TLS on this port/);
    fails(await redis(web.port), 'reach', 'login', /no Redis server|another protocol/);
    fails(await redis(broker.port), 'reach', 'login', /no Redis server|another protocol/);
    const late = await redis(silentPort, {}, { millis: IMPATIENCE_MILLIS });
    fails(late, 'reach', 'login', /took the connection \(TCP\), but did not answer the login within 0\.3 s/);
  });

  it('with HTTP', async () => {
    const { http } = tester();
    const plain = teardown.stopLater(
      await startHttpServer((_request, response) => {
        response.setHeader('server', 'Boiler/7');
        response.end();
      }),
    );
    const secure = teardown.stopLater(await startHttpServer((_request, response) => response.end(), { tls: true }));
    const redis = teardown.stopLater(await startRedis());
    const silent = teardown.stopLater(await startRawServer(() => undefined));
    assert.equal(works(await http(plain.url), 'reach answer')['server'], 'Boiler/7');
    works(await http(`http://localhost:${plain.port}`), 'resolve reach answer');
    works(await http(secure.url, { tls: TRUSTING }), 'reach secure answer');
    fails(await http('http://no-such-host.invalid'), '', 'resolve', /host name/);
    fails(await http(`http://127.0.0.1:${await freePort()}`), '', 'reach', /nothing listens there/);
    fails(await http(`https://127.0.0.1:${plain.port}`), 'reach', 'secure', /no TLS on this port/);
    fails(await http(`http://127.0.0.1:${secure.port}`), 'reach', 'answer', /http or https/);
    fails(await http(secure.url), 'reach', 'secure', /nobody who is trusted/);
    fails(await http(`http://127.0.0.1:${redis.port}`), 'reach', 'answer', /check the port/);
    fails(await http(silent.url, {}, IMPATIENCE_MILLIS), 'reach', 'answer', /did not answer in time/);
  });
});
