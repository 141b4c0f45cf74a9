import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('the last error of a connection', () => {
  const teardown = useTeardown();

  it('is in the snapshot when all is well again, until there is another one', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1 } }));
    const driver = new FakeDriver();
    const began = Date.now();
    driver.onConnect = () => Promise.reject(new PoolError('FAKE_DOWN', 'It is down.'));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'waiting');
    driver.onConnect = () => undefined;
    await reached(lease, 'connected');
    const { state, lastError } = pool.find(lease.key) ?? {};
    assert.equal(state?.kind, 'connected');
    assert.equal(lastError?.code, 'FAKE_DOWN');
    assert.equal(lastError?.message, 'It is down.');
    assert.ok(lastError && lastError.at >= began && lastError.at <= Date.now());
    driver.latest.context.lost(new PoolError('FAKE_LOST', 'It went away.'));
    assert.equal(pool.find(lease.key)?.lastError?.code, 'FAKE_LOST');
  });

  it('is absent while nothing went wrong, also after a disconnect on purpose', async () => {
    const pool = teardown.closeLater(new Pool());
    const lease = pool.acquire(new FakeDriver(), { host: 'a' }, borrower());
    await reached(lease, 'connected');
    await lease.disconnect();
    await lease.connect();
    assert.equal(Object.hasOwn(pool.find(lease.key) ?? {}, 'lastError'), false);
  });
});
