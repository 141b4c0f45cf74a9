import assert from 'node:assert/strict';
import { startAdminApi } from '../support/admin-api';
import { useTeardown } from '../support/teardown';
import { profile } from './node-red';

describe('the admin API: paths that it does not have', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  it('are errors in JSON with a code, for those who may read', async () => {
    const flow = [profile(1, { autoConnect: false })];
    const open = await startAdminApi(teardown, { flow, settings: { adminAuth: null } });
    for (const [method, path] of [
      ['GET', ''],
      ['GET', 'nothing'],
      ['POST', 'connections/x/explode'],
      ['PUT', 'profiles/x/y'],
    ] as const) {
      const response = await open.nodeRed.fetch(`connection-pool/${path}`, undefined, { method });
      const { error } = (await response.json()) as { readonly error: { readonly code: string } };
      assert.equal(`${response.status} ${error.code}`, '404 PATH_UNKNOWN', path);
    }
    for (const [method, path, allowed] of [
      ['POST', 'metrics', 'GET'],
      ['PATCH', 'profiles', 'GET, POST'],
      ['GET', 'test', 'POST'],
    ] as const) {
      const response = await open.nodeRed.fetch(`connection-pool/${path}`, undefined, { method });
      const { error } = (await response.json()) as { readonly error: { readonly code: string } };
      assert.equal(`${response.status} ${error.code}`, '405 METHOD_NOT_ALLOWED', path);
      assert.equal(response.headers.get('allow'), allowed);
    }
    assert.equal((await open.nodeRed.fetch('connection-poolish')).status, 404);
    assert.equal((await open.nodeRed.fetch('connection-pool/metrics')).status, 200);
    const secured = await startAdminApi(teardown, { flow });
    assert.equal((await secured.nodeRed.fetch('connection-pool/nothing')).status, 401);
  });
});
