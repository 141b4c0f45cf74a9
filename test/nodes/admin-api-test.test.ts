import assert from 'node:assert/strict';
import { startAdminApi } from '../support/admin-api';
import { startMosquitto } from '../support/mosquitto';
import { freePort } from '../support/ports';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';

const SECRET = 'right-password';
const WRONG = 'hidden-wrong-one';

describe('the admin API: testing settings that are not saved', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  async function start() {
    const broker = teardown.stopLater(await startMosquitto({ users: { site: SECRET } }));
    const redis = teardown.stopLater(await startRedis({ password: SECRET }));
    const flow = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'm', type: 'pool-mqtt-profile', broker: 'elsewhere', port: '1' },
      { id: 'r', type: 'pool-redis-profile', host: 'elsewhere', port: '1' },
    ];
    const credentials = { m: { user: 'site', password: SECRET }, r: { password: SECRET } };
    const named = { typ: 'redis', props: { host: '127.0.0.1', port: redis.port, password: SECRET } };
    const files = {
      'flows_cred.json': JSON.stringify(credentials),
      'connections/site.yaml': JSON.stringify({ plant: named }),
    };
    const api = await startAdminApi(teardown, { flow, files });
    const mqtt = { type: 'mqtt', settings: { broker: '127.0.0.1', port: String(broker.port) } };
    const cache = { type: 'redis', settings: { host: '127.0.0.1', port: String(redis.port) } };
    return { api, broker, redis, mqtt, cache };
  }

  it('tells that they work, and leaves nothing behind', async () => {
    const { api, broker, redis, mqtt, cache } = await start();
    const bodies = [
      { ...mqtt, credentials: { user: 'site', password: SECRET } },
      { ...cache, credentials: { password: SECRET } },
      { type: 'redis', settings: { named: 'plant' } },
    ];
    for (const json of bodies) {
      const { status, body, text } = await api.call('POST', 'test', { json });
      assert.equal(`${status} ${body.ok}`, '200 true', text);
      assert.ok(Number.isInteger(body.millis) && typeof body.details === 'object');
      assert.ok(!text.includes(SECRET));
    }
    await waitForAsync(async () => (await redis.sockets()) === 0, 'the sockets to go');
    assert.equal(broker.count('CONNECT'), 1);
    await broker.waitForLog(/^(Received DISCONNECT from|Client .* (closed|disconnected))/);
    assert.deepEqual((await api.call('GET', 'connections')).body, { connections: [] });
  });

  it('leaves an environment variable that is not set as it is, and says so', async () => {
    const { api, broker, mqtt } = await start();
    const credentials = { user: 'site', password: SECRET };
    const settings = { ...mqtt.settings, clientid: '${NOT_SET_1}', keepalive: '$(NOT_SET_2)', name: '${NOT_SET_3' };
    for (const id of ['m', undefined]) {
      const { body } = await api.call('POST', 'test', { json: { ...mqtt, id, settings, credentials } });
      assert.deepEqual(body.error?.code, 'MQTT_INVALID_PROFILE', 'as a deploy would say');
      assert.match(body.error.message, /^"Keep-alive \(keepalive\)" must be a number/);
      assert.deepEqual(
        body.warnings.map((text: string) => text.replace(/, so .*/, '')),
        [
          '"Client id (clientid)": the environment variable NOT_SET_1 is not set',
          '"Keep-alive (keepalive)": the environment variable NOT_SET_2 is not set',
        ],
      );
    }
    const optional = { ...mqtt, settings: { ...settings, keepalive: '' }, credentials };
    const { body, text } = await api.call('POST', 'test', { json: optional });
    assert.equal(body.ok, true, text);
    assert.equal(body.warnings.length, 1);
    await broker.waitForLog(/New client connected .* as \$\{NOT_SET_1\}-/);
    const address = { ...mqtt, settings: { ...mqtt.settings, broker: '${NOT_SET_1}' } };
    const nowhere = (await api.call('POST', 'test', { json: address })).body;
    assert.equal(`${nowhere.ok} ${nowhere.failed} ${nowhere.warnings.length}`, 'false resolve 1');
  });

  it('uses the stored password where the dialog shows that there is one', async () => {
    const { api, mqtt, cache } = await start();
    const stored = { user: 'site', password: '__PWRD__' };
    const works = await api.call('POST', 'test', { json: { ...mqtt, id: 'm', credentials: stored } });
    assert.equal(works.body.ok, true, works.text);
    const redis = await api.call('POST', 'test', {
      json: { ...cache, id: 'r', credentials: { password: '__PWRD__' } },
    });
    assert.equal(redis.body.ok, true, redis.text);
    for (const id of ['r', 'nothing', '__proto__', undefined]) {
      const json = { ...mqtt, id, credentials: stored };
      await api.refuses(400, 'CREDENTIALS_UNKNOWN', 'POST', 'test', { json });
    }
  });

  it('tells why they do not work, without the password', async () => {
    const { api, mqtt, cache } = await start();
    const nobody = String(await freePort());
    const failures = [
      [{ ...mqtt, credentials: { user: 'site', password: WRONG } }, /^MQTT_/, /password/],
      [{ ...cache, credentials: { password: WRONG } }, /^REDIS_/, /password/],
      [{ type: 'mqtt', settings: { broker: '127.0.0.1', port: nobody } }, /^MQTT_/, /./],
      [{ type: 'redis', settings: { host: '127.0.0.1', port: nobody } }, /^REDIS_/, /check the port/],
      [{ type: 'mqtt', settings: { broker: 'h', port: 'x' } }, /^MQTT_INVALID_PROFILE$/, /"Port"/],
      [{ type: 'mqtt', settings: { broker: `x://site:${WRONG}@h` } }, /^MQTT_INVALID_PROFILE$/, /"Broker"/],
      [{ type: 'redis', settings: { mode: 'url', url: `x://site:${WRONG}@h` } }, /^REDIS_INVALID_PROFILE$/, /"URL"/],
      [{ type: 'mqtt', settings: { broker: 'h', usetls: true, tls: 'gone' } }, /^MQTT_TLS$/, /missing/],
      [{ type: 'redis', settings: { named: 'nothing' } }, /^NAMED_PROFILE_UNKNOWN$/, /known: plant/],
      [{ type: 'mqtt', settings: { named: 'plant' } }, /^NAMED_PROFILE_TYPE$/, /redis/],
    ] as const;
    for (const [json, code, message] of failures) {
      const { status, body, text } = await api.call('POST', 'test', { json });
      assert.equal(`${status} ${body.ok}`, '200 false', text);
      assert.match(body.error.code, code, text);
      assert.match(body.error.message, message, text);
      assert.ok(!text.includes(WRONG) && !text.includes(SECRET), text);
    }
  });

  it('refuses requests that are not in order', async () => {
    const { api, broker, mqtt } = await start();
    const wrong = [
      { settings: {} },
      { type: 'mqtt' },
      { type: 'kafka', settings: {} },
      { type: '__proto__', settings: {} },
      { ...mqtt, credentials: [] },
      { ...mqtt, id: 5 },
      { ...mqtt, more: 1 },
    ];
    for (const json of wrong) await api.refuses(400, 'BODY_INVALID', 'POST', 'test', { json });
    assert.equal((await api.call('POST', 'test', { json: mqtt, as: 'reader' })).status, 401);
    assert.equal(broker.count('CONNECT'), 0);
  });
});
