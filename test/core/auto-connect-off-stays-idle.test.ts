import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { recordKinds } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('without auto-connect', () => {
  const teardown = useTeardown();

  it('nothing is tried until someone calls connect()', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower(), { autoConnect: false });
    const kinds = recordKinds(lease);
    assert.equal(lease.state.kind, 'idle');
    assert.equal(driver.latest.attempts.length, 0);
    await lease.connect();
    assert.equal(lease.state.kind, 'connected');
    assert.deepEqual(kinds, ['connecting', 'connected']);
  });

  it('disconnect() is for every borrower and lasts until someone connects', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const one = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    await one.connect();
    const kinds = recordKinds(other);
    await one.disconnect();
    assert.deepEqual(kinds, ['closing', 'idle']);
    assert.deepEqual(driver.latest.disconnects, [false]);
    assert.equal(driver.openSockets, 0);
    await other.connect();
    assert.equal(one.state.kind, 'connected');
    assert.equal(driver.latest.attempts.length, 2);
  });
});
