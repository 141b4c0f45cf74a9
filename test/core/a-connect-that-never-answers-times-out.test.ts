import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

const never = () => new Promise<void>(() => undefined);

describe('a connect that never answers', () => {
  const teardown = useTeardown();

  it('is aborted after the timeout and tried again', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1, maximumMillis: 2 } }));
    const driver = new FakeDriver();
    driver.timeoutMillis = 20;
    driver.onConnect = never;
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const { error } = await reached(lease, 'waiting');
    assert.equal(error.code, 'CONNECT_TIMEOUT');
    assert.equal(driver.latest.attempts[0]?.aborted, true, 'the driver was told to give up');
    await waitFor(() => driver.latest.attempts.length >= 3, 'further attempts');
  });

  it('fails the caller of connect() with CONNECT_TIMEOUT', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.timeoutMillis = 20;
    driver.onConnect = never;
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await assert.rejects(lease.connect(), { code: 'CONNECT_TIMEOUT' });
  });

  it('and answers after it was given up leaves no connection behind', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 60_000 }, random: () => 0.999 }));
    const driver = new FakeDriver();
    driver.timeoutMillis = 10;
    let answer: () => void = () => undefined;
    driver.onConnect = () => new Promise((resolve) => (answer = resolve));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'waiting');
    answer();
    await waitFor(() => driver.latest.disconnects.length === 1, 'the late connection to be ended');
    assert.equal(driver.openSockets, 0);
    assert.equal(lease.state.kind, 'waiting');
  });
});
