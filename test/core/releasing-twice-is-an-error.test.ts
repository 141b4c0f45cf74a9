import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { useTeardown } from '../support/teardown';

describe('releasing a lease twice', () => {
  const teardown = useTeardown();

  it('is a loud error that names the borrower, and takes nothing from the others', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const kept = pool.acquire(driver, { host: 'a' }, borrower());
    const lease = pool.acquire(driver, { host: 'a' }, borrower('clumsy'));
    await lease.connect();
    await lease.release();
    await assert.rejects(lease.release(), { name: 'PoolError', code: 'LEASE_RELEASED_TWICE', message: /clumsy/ });
    assert.equal(kept.state.kind, 'connected');
    assert.equal(driver.latest.sessions[1]?.closes, 1, 'its session was closed once');
    assert.equal(driver.latest.sessions[0]?.closes, 0);
  });
});
