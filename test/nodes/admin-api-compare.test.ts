import assert from 'node:assert/strict';
import { startAdminApi } from '../support/admin-api';
import { useTeardown } from '../support/teardown';

const SECRET = 'right-password';

describe('the admin API: comparing profiles that are edited', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  async function start() {
    const flow = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'one', type: 'pool-mqtt-profile', broker: 'plant.invalid', autoConnect: false },
      { id: 'two', type: 'pool-mqtt-profile', broker: 'plant.invalid', autoConnect: false },
      { id: 'three', type: 'pool-mqtt-profile', broker: 'plant.invalid', autoConnect: false },
      { id: 'cache', type: 'pool-redis-profile', host: 'plant.invalid', autoConnect: false },
    ];
    const credentials = {
      one: { user: 'site', password: SECRET },
      two: { user: 'site', password: SECRET },
      three: { user: 'site', password: 'another' },
    };
    const api = await startAdminApi(teardown, { flow, files: { 'flows_cred.json': JSON.stringify(credentials) } });
    const compare = async (json: object) => {
      const { status, body, text } = await api.call('POST', 'compare', { json, as: 'reader' });
      assert.equal(status, 200, text);
      return body;
    };
    return { api, compare };
  }

  const plain = { broker: 'plant', port: '1883' };
  const nothing = { same: [], alike: [], fights: [], apart: [] };

  it('tells which share a connection, which fight, and which are kept apart by what', async () => {
    const { compare } = await start();
    const settings = { ...plain, clientid: 'boiler' };
    const others = [
      {
        id: 'written otherwise',
        settings: { broker: 'mqtt://PLANT:1883', clientid: 'boiler', name: 'b', keepOpen: true },
      },
      { id: 'rival', settings: { ...settings, keepalive: '30', protocolVersion: '4' } },
      { id: 'another client', settings: { ...plain, clientid: 'other' } },
      { id: 'elsewhere', settings: { ...settings, broker: 'other' } },
      { id: 'broken', settings: { ...settings, port: 'x' } },
      { id: 'named', settings: { ...settings, named: 'site' } },
    ];
    assert.deepEqual(await compare({ type: 'mqtt', settings, others }), {
      same: ['written otherwise'],
      alike: [],
      fights: [{ id: 'rival', because: ['protocolVersion', 'keepAliveSeconds'] }],
      apart: [{ id: 'another client', because: ['clientId'] }],
    });
    // Without a client id there is nothing to fight over.
    const noId = await compare({
      type: 'mqtt',
      settings: plain,
      others: [{ id: 'x', settings: { ...plain, keepalive: '5' } }],
    });
    assert.deepEqual(noId, { ...nothing, apart: [{ id: 'x', because: ['keepAliveSeconds'] }] });
    assert.deepEqual(await compare({ type: 'mqtt', settings: { ...settings, port: 'x' }, others }), nothing);
    const named = await compare({ type: 'mqtt', settings: { named: 'site' }, others });
    assert.deepEqual(named, { ...nothing, same: ['named'] });
  });

  it('does so with Redis and HTTP, too', async () => {
    const { compare } = await start();
    const redis = { type: 'redis', settings: { host: 'cache', database: '1' } };
    const redisOthers = [
      { id: 'same', settings: { mode: 'url', url: 'redis://cache:6379/1' } },
      { id: 'resends', settings: { host: 'cache', database: '1', resend: 'never' } },
      { id: 'another database', settings: { host: 'cache', database: '2' } },
    ];
    assert.deepEqual(await compare({ ...redis, others: redisOthers }), {
      ...nothing,
      same: ['same'],
      apart: [{ id: 'resends', because: ['resend'] }],
    });
    const httpOthers = [
      { id: 'same', settings: { baseUrl: 'http://API.example:80/' } },
      { id: 'fewer', settings: { baseUrl: 'http://api.example', maxSockets: '2' } },
    ];
    assert.deepEqual(await compare({ type: 'http', settings: { baseUrl: 'http://api.example' }, others: httpOthers }), {
      ...nothing,
      same: ['same'],
      apart: [{ id: 'fewer', because: ['maxSockets'] }],
    });
  });

  it('compares stored secrets among themselves, and never with what somebody typed', async () => {
    const { compare } = await start();
    const others = ['two', 'three'].map((id) => ({ id, settings: plain }));
    const stored = { type: 'mqtt', id: 'one', settings: plain };
    const unchanged = { ...nothing, same: ['two'], alike: ['three'] };
    assert.deepEqual(await compare({ ...stored, others }), unchanged);
    const shown = { user: '__PWRD__', password: '__PWRD__' };
    assert.deepEqual(await compare({ ...stored, credentials: shown, others }), unchanged);
    // Right or wrong, typed or within an address: the answer is the same.
    for (const password of [SECRET, 'wrong']) {
      const guess = { type: 'mqtt', settings: plain, credentials: { user: 'site', password }, others };
      assert.deepEqual(await compare(guess), { ...nothing, alike: ['two', 'three'] });
      const inside = { type: 'mqtt', settings: { broker: `mqtt://site:${password}@plant:1883` }, others };
      const because = ['username', 'password'];
      assert.deepEqual(await compare(inside), { ...nothing, apart: others.map(({ id }) => ({ id, because })) });
    }
    // What both profiles were typed with is known to who asks.
    const typed = { user: 'a', password: 'b' };
    const both = { type: 'mqtt', settings: plain, credentials: typed };
    const known = [
      { id: 'x', settings: plain, credentials: typed },
      { id: 'y', settings: plain, credentials: { user: 'a', password: 'c' } },
    ];
    assert.deepEqual(await compare({ ...both, others: known }), { ...nothing, same: ['x'], alike: ['y'] });
    // Ids of other types have no secrets here.
    const foreign = {
      type: 'redis',
      id: 'one',
      settings: { host: 'a' },
      others: [{ id: 'two', settings: { host: 'a' } }],
    };
    assert.deepEqual(await compare(foreign), { ...nothing, same: ['two'] });
  });

  it('looks up no environment variable', async () => {
    const { compare } = await start();
    const settings = { broker: '${HOME}', clientid: '${PATH}' };
    const others = [
      { id: 'by name', settings },
      { id: 'by value', settings: { broker: process.env['HOME'] ?? '', clientid: process.env['PATH'] ?? '' } },
    ];
    assert.deepEqual(await compare({ type: 'mqtt', settings, others }), { ...nothing, same: ['by name'] });
  });

  it('refuses requests that are not in order', async () => {
    const { api } = await start();
    const good = { type: 'mqtt', settings: plain };
    const wrong = [
      { ...good, type: 'edgex' },
      { ...good, type: '__proto__' },
      { type: 'mqtt' },
      { ...good, others: {} },
      { ...good, others: ['x'] },
      { ...good, others: [{ settings: plain }] },
      { ...good, others: [{ id: 'x' }] },
      { ...good, others: [{ id: 'x', settings: plain, more: 1 }] },
      { ...good, others: Array.from({ length: 501 }, (_one, at) => ({ id: `${at}`, settings: {} })) },
    ];
    for (const json of wrong) await api.refuses(400, 'BODY_INVALID', 'POST', 'compare', { json });
    assert.equal((await api.call('POST', 'compare', { json: good, as: 'nobody' })).status, 401);
  });
});
