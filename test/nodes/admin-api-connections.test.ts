import assert from 'node:assert/strict';
import { connectedOnes, startAdminApi } from '../support/admin-api';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';

const PLACE = { x: 1, y: 1, wires: [[]] };
const SECRET = 'hidden-from-all';

describe('the admin API: connections', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  async function start() {
    const broker = teardown.stopLater(await startMosquitto({ users: { site: SECRET } }));
    const redis = teardown.stopLater(await startRedis({ password: SECRET }));
    const flow = [
      { id: 'tab', type: 'tab', label: 'Boiler room' },
      { id: 'sub', type: 'subflow', name: 'Pump', in: [], out: [] },
      { id: 'instance', type: 'subflow:sub', z: 'tab', name: 'Pump 7', ...PLACE },
      { id: 'm', type: 'pool-mqtt-profile', name: 'Site', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'r', type: 'pool-redis-profile', host: '127.0.0.1', port: String(redis.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', name: 'All', profile: 'm', topic: '#', qos: '0', ...PLACE },
      { id: 'inner', type: 'pool-mqtt-sink', z: 'sub', profile: 'own', topic: 'a', ...PLACE },
      { id: 'own', type: 'pool-mqtt-profile', z: 'sub', name: 'Own', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'w', type: 'pool-redis-sink', z: 'tab', profile: 'r', ...PLACE },
    ];
    const credentials = {
      m: { user: 'site', password: SECRET },
      own: { user: 'site', password: SECRET },
      r: { password: SECRET },
    };
    const api = await startAdminApi(teardown, { flow, files: { 'flows_cred.json': JSON.stringify(credentials) } });
    const connections = await connectedOnes(api, 2);
    return { api, broker, redis, keyOf: (type: string) => connections.find((one) => one.type === type).key as string };
  }

  it('are shown with their state, who uses them and where, and without secrets', async () => {
    const { api, broker, keyOf } = await start();
    const all = await api.call('GET', 'connections', { as: 'reader' });
    assert.equal(all.status, 200);
    assert.equal(all.headers.get('cache-control'), 'no-store');
    assert.doesNotMatch(all.text, new RegExp(SECRET));
    const one = await api.call('GET', `connections/${encodeURIComponent(keyOf('mqtt'))}`, { as: 'reader' });
    assert.equal(one.body.state, 'connected');
    assert.equal(one.body.address, `mqtt://127.0.0.1:${broker.port}`);
    assert.equal(new Date(one.body.since).toISOString(), one.body.since);
    assert.equal(one.body.counters.connects, 1);
    const user = (id: string) => one.body.users.find((each: { readonly id: string }) => each.id === id);
    const [source, inner] = [user('s'), user('instance-inner')];
    assert.deepEqual(source, {
      id: 's',
      type: 'pool-mqtt-source',
      name: 'All',
      flow: { id: 'tab', label: 'Boiler room' },
      profile: { id: 'm', type: 'pool-mqtt-profile', name: 'Site' },
    });
    assert.equal(inner.type, 'pool-mqtt-sink');
    assert.deepEqual(inner.flow, { id: 'instance', label: 'Pump 7' });
    assert.deepEqual(inner.profile, { id: 'instance-own', type: 'pool-mqtt-profile', name: 'Own' });
  });

  it('are found by the beginning of a key, if it is the beginning of one alone', async () => {
    const { api, keyOf } = await start();
    const key = keyOf('redis');
    assert.equal((await api.call('GET', `connections/${key.slice(0, 10)}`)).body.key, key);
    await api.refuses(404, 'CONNECTION_UNKNOWN', 'GET', 'connections/nothing');
    await api.refuses(404, 'CONNECTION_UNKNOWN', 'GET', `connections/${encodeURIComponent('__proto__')}`);
    await api.refuses(404, 'CONNECTION_UNKNOWN', 'POST', `connections/${encodeURIComponent('a/ b?#ä')}/pause`);
  });

  it('are not found by what several keys begin with', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const ids = ['one', 'two'];
    const flow = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      ...ids.flatMap((id) => [
        { id, type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port), clientid: `client-${id}` },
        { id: `of-${id}`, type: 'pool-mqtt-sink', z: 'tab', profile: id, topic: 'a', ...PLACE },
      ]),
    ];
    const api = await startAdminApi(teardown, { flow });
    await connectedOnes(api, 2);
    for (const [method, path] of [
      ['GET', 'connections/mqtt'],
      ['POST', 'connections/mqtt/pause'],
    ] as const) {
      await api.refuses(409, 'CONNECTION_AMBIGUOUS', method, path);
    }
    await connectedOnes(api, 2);
  });

  it('are paused and resumed, at the server too', async () => {
    const { api, redis, broker, keyOf } = await start();
    const key = keyOf('redis');
    assert.equal(await redis.sockets(), 1);
    const paused = await api.call('POST', `connections/${key}/pause`);
    assert.equal(`${paused.status} ${paused.body.state} ${paused.body.paused}`, '200 idle true', paused.text);
    await waitForAsync(async () => (await redis.sockets()) === 0, 'the socket to go');
    await api.refuses(409, 'CONNECTION_PAUSED', 'POST', `connections/${key}/reconnect`);
    const resumed = await api.call('POST', `connections/${key}/resume`);
    assert.equal(`${resumed.status} ${resumed.body.state} ${resumed.body.paused}`, '200 connected false');
    assert.equal(await redis.sockets(), 1);
    assert.equal(broker.count('CONNECT'), 1, 'the other connection was left alone');
  });

  it('are connected again when asked to', async () => {
    const { api, broker, redis, keyOf } = await start();
    const key = keyOf('mqtt');
    const [before] = await redis.clients();
    const again = await api.call('POST', `connections/${key}/reconnect`);
    assert.equal(`${again.status} ${again.body.state}`, '200 connected', again.text);
    await waitFor(() => broker.count('CONNECT') === 2, 'the second CONNECT');
    assert.equal((await redis.clients())[0]?.['id'], before?.['id'], 'the other connection was left alone');
  });

  it('tell why they are not connected', async () => {
    const { api, redis, keyOf } = await start();
    const key = keyOf('redis');
    await redis.halt();
    await api.refuses(502, 'REDIS_UNREACHABLE', 'POST', `connections/${key}/reconnect`);
    const { body } = await api.call('GET', `connections/${key}`);
    assert.match(body.state, /waiting|connecting/);
    await waitForAsync(async () => {
      const { body: now } = await api.call('GET', `connections/${key}`);
      return now.state === 'waiting' && now.reason.code === 'REDIS_UNREACHABLE' && Date.parse(now.nextAttemptAt) > 0;
    }, 'a reason and a time');
    await redis.start();
    await connectedOnes(api, 2);
  });
});
