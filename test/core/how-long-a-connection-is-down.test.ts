/** Since when a connection is down goes over all attempts, each of which is a state of its own. */
import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('since when a connection is down', () => {
  const teardown = useTeardown();

  it('is the time of the first failure until it is connected', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1, maximumMillis: 2 } }));
    const driver = new FakeDriver();
    let isDown = true;
    driver.onConnect = () => (isDown ? Promise.reject(new Error('down')) : undefined);
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const downSince = () => [...pool.glances()][0]?.downSince;
    const failures = () => pool.find(lease.key)?.counters.failures ?? 0;
    assert.equal(downSince(), undefined);
    await waitFor(() => failures() > 0, 'the first failure');
    const first = downSince();
    assert.ok(first !== undefined);
    await waitFor(() => failures() > 5 && Date.now() > first + 5, 'more failures');
    await pool.reconnect(lease.key).catch(() => undefined);
    assert.equal(downSince(), first);
    isDown = false;
    await reached(lease, 'connected');
    assert.equal(downSince(), undefined);
  });

  it('is not told of a connection that is paused', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 600_000, maximumMillis: 600_000 } }));
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new Error('down'));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'waiting');
    await pool.pause(lease.key);
    assert.equal([...pool.glances()][0]?.downSince, undefined);
  });
});
