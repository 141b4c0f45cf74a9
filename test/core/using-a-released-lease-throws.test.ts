import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { recordKinds } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('a released lease', () => {
  const teardown = useTeardown();

  it('refuses every use with LEASE_RELEASED', async () => {
    const pool = teardown.closeLater(new Pool());
    const lease = pool.acquire(new FakeDriver(), { host: 'a' }, borrower('gone'));
    await lease.release();
    const released = { name: 'PoolError', code: 'LEASE_RELEASED', message: /gone/ };
    assert.equal(lease.released, true);
    assert.throws(() => lease.session, released);
    assert.throws(() => lease.onState(() => undefined), released);
    await assert.rejects(lease.connect(), released);
    await assert.rejects(lease.disconnect(), released);
  });

  it('is not told of states any more, but can still be asked what it was', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const kept = pool.acquire(driver, { host: 'a' }, borrower());
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const kinds = recordKinds(lease);
    await lease.release();
    await kept.connect();
    await kept.disconnect();
    assert.deepEqual(kinds, []);
    assert.equal(lease.address, 'fake://a');
    assert.equal(lease.key, kept.key);
  });
});
