import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { PoolError } from '../../src/core/errors';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('acquire with a server that is down', () => {
  const teardown = useTeardown();

  it('returns a lease at once; the failure is its state', async () => {
    const pool = teardown.closeLater(new Pool({ random: () => 0.9, backoff: { initialMillis: 10_000 } }));
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new PoolError('NOBODY_THERE', 'Nobody there.'));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    assert.equal(lease.released, false);
    assert.equal(lease.address, 'fake://a');
    const state = await reached(lease, 'waiting');
    assert.equal(state.error.code, 'NOBODY_THERE');
    assert.equal(state.attempt, 1);
    assert.ok(state.nextAttemptAt >= state.since);
  });

  it('throws only for what can not work: an unknown driver or a closed pool', async () => {
    const pool = new Pool();
    assert.throws(() => pool.acquire('no such type', {}, borrower()), { code: 'POOL_UNKNOWN_DRIVER' });
    await pool.close();
    assert.throws(() => pool.acquire(new FakeDriver(), { host: 'a' }, borrower()), { code: 'POOL_CLOSED' });
  });

  it('and takes a registered driver by the name of its type', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver('by-name');
    pool.registerDriver(driver);
    pool.acquire('by-name', { host: 'a' }, borrower());
    assert.equal(driver.opened.length, 1);
  });
});
