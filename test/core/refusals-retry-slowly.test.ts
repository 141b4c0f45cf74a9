import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { PoolError } from '../../src/core/errors';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached, recordKinds } from '../support/states';
import { useTeardown } from '../support/teardown';
import { staysFalse } from '../support/waiting';

describe('a refusal', () => {
  const teardown = useTeardown();

  it('is a state of its own with the reason and slow retries', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new PoolError('BAD_PASSWORD', 'Bad password.', { kind: 'refused' }));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const state = await reached(lease, 'refused');
    assert.equal(state.error.code, 'BAD_PASSWORD');
    assert.ok(state.nextAttemptAt - state.since >= 2500);
    await staysFalse(() => driver.latest.attempts.length > 1, 'a hurried retry', 50);
  });

  it('can be tried again at once by hand', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new PoolError('BAD_PASSWORD', 'Bad password.', { kind: 'refused' }));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'refused');
    await assert.rejects(lease.connect(), { code: 'BAD_PASSWORD' });
    driver.onConnect = () => undefined;
    const kinds = recordKinds(lease);
    await lease.connect();
    assert.deepEqual(kinds, ['connecting', 'connected']);
  });
});
