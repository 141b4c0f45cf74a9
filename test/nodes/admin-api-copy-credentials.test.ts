/** Credentials go along with a node that is moved over to another id, and nowhere else. */
import assert from 'node:assert/strict';
import { startAdminApi } from '../support/admin-api';
import { useTeardown } from '../support/teardown';

describe('the admin API: credentials of a node that is moved over', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  async function start() {
    const flow = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'core', type: 'mqtt-broker', broker: 'plant.invalid', autoConnect: false },
      { id: 'own', type: 'pool-mqtt-profile', broker: 'plant.invalid', autoConnect: false },
      { id: 'open', type: 'mqtt-broker', broker: 'plant.invalid', autoConnect: false },
      { id: 'cache', type: 'pool-redis-profile', host: 'plant.invalid', autoConnect: false },
    ];
    const secret = { user: 'site', password: 'right-password' };
    const files = { 'flows_cred.json': JSON.stringify({ core: secret, own: secret, cache: { password: 'other' } }) };
    const api = await startAdminApi(teardown, { flow, files });
    const copy = async (from: unknown, to: unknown, as: 'reader' | 'operator' = 'operator') =>
      (await api.call('POST', 'copy-credentials', { json: { from, to }, as })).status;
    return { api, copy };
  }

  it('go to an id that is not deployed, once', async () => {
    const { copy } = await start();
    assert.equal(await copy('core', 'fresh'), 204);
    assert.equal(await copy('core', 'fresh'), 409);
    assert.equal(await copy('own', 'another'), 204);
  });

  it('replace none, and are not those of other types', async () => {
    const { copy } = await start();
    for (const to of ['own', 'open', 'tab']) assert.equal(await copy('core', to), 409);
    for (const from of ['cache', 'open', 'nobody', 'tab']) assert.equal(await copy(from, 'fresh'), 404);
  });

  it('need the permission to write, and ids', async () => {
    const { copy } = await start();
    assert.equal(await copy('core', 'fresh', 'reader'), 401);
    for (const [from, to] of [
      ['core', ''],
      ['core', 7],
      [undefined, 'fresh'],
      ['core', '../x'],
    ]) {
      assert.equal(await copy(from, to), 400);
    }
  });
});
