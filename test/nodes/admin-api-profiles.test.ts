import assert from 'node:assert/strict';
import { type AdminApi, connectedOnes, startAdminApi } from '../support/admin-api';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

const SECRET = 'hidden-from-all';
const PLACE = { z: 'tab', x: 1, y: 1, wires: [[]] };
const MASK = '********';

describe('the admin API: named profiles', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  function pathOf(id: string): string {
    return `profiles/${encodeURIComponent(id)}`;
  }

  function definition(broker: Mosquitto, more: object = {}) {
    return { type: 'mqtt', properties: { server: '127.0.0.1', port: broker.port, ...more } };
  }

  async function startWithUser(broker: Mosquitto): Promise<AdminApi> {
    const flow = [
      { id: 'tab', type: 'tab', label: 'Boiler room' },
      { id: 'm', type: 'pool-mqtt-profile', name: 'Site', named: 'Plant 3' },
      { id: 's', type: 'pool-mqtt-source', name: 'All', profile: 'm', topic: '#', qos: '0', ...PLACE },
    ];
    const entry = { typ: 'mqtt', props: { server: '127.0.0.1', port: broker.port, username: 'a', password: SECRET } };
    const files = { 'connections/managed.yaml': JSON.stringify({ 'Plant 3': entry }) };
    return startAdminApi(teardown, { flow, files });
  }

  it('are created, shown, changed and deleted, whatever characters their ids have', async () => {
    const api = await startAdminApi(teardown, { flow: [] });
    const properties = { server: 'h', password: SECRET };
    for (const id of ['Werk', 'werk', 'a/b c?#%25ä', '...', '__proto__', '1']) {
      const created = await api.call('PUT', pathOf(id), { json: { typ: 'mqtt', props: properties } });
      assert.equal(created.status, 201, created.text);
      assert.equal(created.body.id, id);
      assert.deepEqual(created.body.properties, { server: 'h', password: MASK });
      const changed = await api.call('PUT', pathOf(id), { json: { ...created.body, properties: { server: 'g' } } });
      assert.equal(changed.status, 200, changed.text);
    }
    const all = await api.call('GET', 'profiles', { as: 'reader' });
    assert.deepEqual(
      all.body.profiles.map(({ id }: { readonly id: string }) => id),
      ['Werk', 'werk', 'a/b c?#%25ä', '...', '__proto__', '1'],
    );
    for (const { id } of all.body.profiles) assert.equal((await api.call('DELETE', pathOf(id))).status, 204);
    assert.deepEqual((await api.call('GET', 'profiles')).body, { profiles: [], problems: [] });
    await api.refuses(404, 'NAMED_PROFILE_UNKNOWN', 'GET', pathOf('Werk'));
    await api.refuses(404, 'NAMED_PROFILE_UNKNOWN', 'DELETE', pathOf('Werk'));
  });

  it('that cannot be read are told with the reason', async () => {
    const files = { 'connections/site.yaml': 'bad: {typ: mqqt, props: {server: h}}\n' };
    const api = await startAdminApi(teardown, { flow: [], files });
    const message = await api.refuses(404, 'NAMED_PROFILE_UNKNOWN', 'GET', 'profiles/bad');
    assert.match(message, /can't be read\. .*"mqqt".*site\.yaml:1:1/);
  });

  it('are created by POST, but not twice', async () => {
    const api = await startAdminApi(teardown, { flow: [] });
    const json = { id: 'a', typ: 'redis', props: { addr: 'h:1' } };
    assert.equal((await api.call('POST', 'profiles', { json })).status, 201);
    await api.refuses(409, 'NAMED_PROFILE_EXISTS', 'POST', 'profiles', { json });
    for (const id of ['..', '', 5, undefined]) {
      await api.refuses(400, 'BODY_INVALID', 'POST', 'profiles', { json: { ...json, id } });
    }
  });

  it('are not changed or deleted while nodes use them, and these are named', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const api = await startWithUser(broker);
    await connectedOnes(api, 1);
    for (const [method, options] of [['PUT', { json: definition(broker) }], ['DELETE']] as const) {
      const answer = await api.call(method, pathOf('Plant 3'), options);
      assert.equal(`${answer.status} ${answer.body.error.code}`, '409 NAMED_PROFILE_IN_USE');
      assert.match(
        answer.body.error.message,
        /pool-mqtt-profile "Site" \(m\), pool-mqtt-source "All" \(s\) in "Boiler room";/,
      );
      assert.equal(answer.body.error.users[0].id, 'm');
      assert.deepEqual(answer.body.error.users[0].nodes[0].flow, { id: 'tab', label: 'Boiler room' });
    }
    await api.refuses(400, 'QUERY_INVALID', 'DELETE', `${pathOf('Plant 3')}?force=yes`);
    assert.equal((await api.call('GET', pathOf('Plant 3'))).body.users[0].id, 'm');
    assert.equal(broker.count('CONNECT'), 1);
    await connectedOnes(api, 1);
  });

  it('are changed live when forced to, with the secret that was masked', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { a: SECRET } }));
    const other = teardown.stopLater(await startMosquitto({ users: { a: SECRET } }));
    const api = await startWithUser(broker);
    await connectedOnes(api, 1);
    const { body: shown, text } = await api.call('GET', pathOf('Plant 3'));
    assert.equal(shown.properties.password, MASK);
    assert.ok(!text.includes(SECRET));
    const json = { ...shown, properties: { ...shown.properties, port: other.port } };
    const answer = await api.call('PUT', `${pathOf('Plant 3')}?force=true`, { json });
    assert.equal(answer.status, 200, answer.text);
    await waitFor(() => other.count('CONNECT') === 1, 'the connection to the other broker', 20_000);
    const [connection] = await connectedOnes(api, 1);
    assert.equal(connection.address, `mqtt://127.0.0.1:${other.port}`);
  });

  it('keep a secret within an address, and take no mask for a secret', async () => {
    const api = await startAdminApi(teardown, { flow: [] });
    const properties = { url: `redis://user:${SECRET}@h:1`, password: SECRET };
    const { body } = await api.call('PUT', 'profiles/a', { json: { type: 'redis', properties } });
    assert.equal(body.properties.url, `redis://${MASK}@h:1`);
    assert.equal((await api.call('PUT', 'profiles/a', { json: body })).status, 200);
    const moved = { ...body, properties: { ...body.properties, url: `redis://${MASK}@other:1` } };
    const message = await api.refuses(400, 'NAMED_PROFILE_INVALID', 'PUT', 'profiles/a', { json: moved });
    assert.match(message, /"url"/);
    await api.refuses(400, 'NAMED_PROFILE_INVALID', 'PUT', 'profiles/b', { json: { ...body, id: 'b' } });
  });

  it('are checked, and what is wrong is told by property', async () => {
    const api = await startAdminApi(teardown, { flow: [] });
    const properties = { server: 'h', port: 'x', keepalive: [], password: SECRET };
    const { status, body, text } = await api.call('PUT', 'profiles/a', { json: { type: 'mqtt', properties } });
    assert.equal(`${status} ${body.error.code}`, '400 NAMED_PROFILE_INVALID');
    const problems: readonly { readonly property: string }[] = body.error.problems;
    assert.deepEqual(
      problems.map(({ property }) => property),
      ['port', 'keepalive'],
    );
    assert.ok(!text.includes(SECRET));
    await api.refuses(400, 'NAMED_PROFILE_INVALID', 'PUT', 'profiles/a', { json: { type: 'kafka', props: {} } });
    await api.refuses(404, 'NAMED_PROFILE_UNKNOWN', 'GET', 'profiles/a');
  });

  it('of files that people write are shown with their mistakes and lines, and left to them', async () => {
    const site = 'mqtt:\n  Good:\n    server: h\n  Bad:\n    server: h\n    port: x\n';
    const api = await startAdminApi(teardown, { flow: [], files: { 'connections/site.yaml': site } });
    const { body } = await api.call('GET', 'profiles/Bad');
    assert.equal(body.managed, false);
    const { file, line, property } = body.problems[0];
    assert.deepEqual([file, line, property], ['connections/site.yaml', 6, 'port']);
    const options = { json: { type: 'mqtt', properties: { server: 'h' } } };
    const message = await api.refuses(409, 'NAMED_PROFILE_NOT_MANAGED', 'PUT', 'profiles/Good?force=true', options);
    assert.match(message, /site\.yaml/);
    await api.refuses(409, 'NAMED_PROFILE_NOT_MANAGED', 'DELETE', 'profiles/Good');
  });
});
