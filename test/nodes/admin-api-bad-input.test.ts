import assert from 'node:assert/strict';
import { type AdminApi, connectedOnes, startAdminApi, type Who } from '../support/admin-api';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';

const SECRET = 'hidden-from-all';
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the admin API: requests that are not in order', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  it('are turned away without the permission, and nothing happens', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const api = await startAdminApi(teardown, { flow: flowWith(broker.port) });
    const [{ key }] = await connectedOnes(api, 1);
    const reads = ['connections', `connections/${key}`, 'profiles', 'profiles/x', 'metrics'];
    const writes = [
      ['POST', `connections/${key}/pause`],
      ['POST', `connections/${key}/reconnect`],
      ['POST', `connections/${key}/resume`],
      ['POST', 'profiles', { id: 'x', type: 'mqtt', properties: { server: 'h' } }],
      ['PUT', 'profiles/x', { type: 'mqtt', properties: { server: 'h' } }],
      ['DELETE', 'profiles/x'],
    ] as const;
    for (const path of reads) {
      assert.equal((await api.call('GET', path, { as: 'nobody' })).status, 401, path);
      assert.notEqual((await api.call('GET', path, { as: 'reader' })).status, 401, path);
    }
    for (const [method, path, json] of writes) {
      for (const as of ['nobody', 'reader'] as readonly Who[]) {
        assert.equal((await api.call(method, path, { as, json })).status, 401, `${as} ${method} ${path}`);
      }
    }
    const broken = { as: 'nobody', text: '{', headers: JSON_TYPE } as const;
    assert.equal((await api.call('PUT', 'profiles/x', broken)).status, 401);
    assert.deepEqual((await api.call('GET', 'profiles')).body.profiles, []);
    assert.equal(broker.count('CONNECT'), 1);
    await connectedOnes(api, 1);
  });

  it('are errors with a code, and change nothing', async () => {
    const api = await startAdminApi(teardown, { flow: [] });
    const put = ['PUT', 'profiles/x'] as const;
    const properties = { server: 'h' };
    const wrongTypes = [
      null,
      [],
      'text',
      5,
      {},
      { type: 5, properties },
      { type: 'mqtt' },
      { type: 'mqtt', properties: [] },
      { type: 'mqtt', properties: 'text' },
      { type: ['mqtt'], properties },
      { type: 'mqtt', typ: 'redis', properties },
      { type: 'mqtt', properties, more: 1 },
      { id: 'y', type: 'mqtt', properties },
    ];
    for (const json of wrongTypes) await api.refuses(400, 'BODY_INVALID', ...put, { json });
    const texts = [
      `{"type": "mqtt", "properties": {"password": "${SECRET}"`,
      '{"__proto__": {"a": 1}, "type": "mqtt", "properties": {}}',
      '{"type": "mqtt", "properties": {"server": "h", "__proto__": {"a": 1}}}',
      '{"type": "mqtt", "properties": {"server": "h", "userProps": {"constructor": {"prototype": 1}}}}',
      `{"type": "mqtt", "properties": ${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`,
      `{"type": "mqtt", "properties": {"server": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
    ];
    for (const text of texts) {
      const message = await api.refuses(400, 'BODY_INVALID', ...put, { text, headers: JSON_TYPE });
      assert.ok(!message.includes(SECRET));
    }
    await api.refuses(400, 'BODY_MISSING', ...put);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/yaml', 'application/jsonx']) {
      await api.refuses(415, 'BODY_TYPE', ...put, { text: '{"type":"mqtt"}', headers: { 'content-type': type } });
    }
    for (const length of [300_000, 6_000_000]) {
      const json = { type: 'mqtt', properties: { server: 'h', password: 'x'.repeat(length) } };
      await api.refuses(413, 'BODY_TOO_LARGE', ...put, { json });
    }
    await api.refuses(400, 'PATH_INVALID', 'GET', 'profiles/%E0%A4%A');
    await api.refuses(405, 'METHOD_NOT_ALLOWED', 'PATCH', 'profiles/x', { json: {} });
    await api.refuses(405, 'METHOD_NOT_ALLOWED', 'DELETE', 'connections');
    const definition = { json: { type: 'mqtt', properties } };
    for (const id of [' x', 'y'.repeat(201), 'a\nb']) {
      await api.refuses(400, 'NAMED_PROFILE_INVALID', 'PUT', `profiles/${encodeURIComponent(id)}`, definition);
    }
    assert.deepEqual((await api.call('GET', 'profiles')).body, { profiles: [], problems: [] });
  });

  it('need no token where Node-RED has no users', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = flowWith(broker.port);
    const api: AdminApi = await startAdminApi(teardown, { flow, settings: { adminAuth: null } });
    const [{ key }] = await connectedOnes(api, 1);
    assert.equal((await api.call('POST', `connections/${key}/pause`)).body.paused, true);
    assert.equal((await api.call('POST', `connections/${key}/resume`)).body.state, 'connected');
    const json = { type: 'mqtt', properties: { server: 'h' } };
    assert.equal((await api.call('PUT', 'profiles/x', { json })).status, 201);
    await api.refuses(400, 'BODY_INVALID', 'PUT', 'profiles/x', { json: [] });
  });

  function flowWith(port: number): readonly object[] {
    return [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'p', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', x: 1, y: 1, profile: 'p', topic: '#', qos: '0', wires: [[]] },
    ];
  }
});
