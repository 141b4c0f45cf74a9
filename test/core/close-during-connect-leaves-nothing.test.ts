import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor, within } from '../support/waiting';

describe('closing while connecting', () => {
  const teardown = useTeardown();

  it('aborts the attempt and leaves no socket', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = (signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('given up')), { once: true }),
      );
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    assert.equal(lease.state.kind, 'connecting');
    await waitFor(() => driver.latest.attempts.length === 1, 'the attempt');
    await within(lease.release({ linger: false }), 'the release');
    assert.equal(driver.latest.attempts[0]?.aborted, true);
    assert.equal(driver.openSockets, 0);
    assert.equal(lease.state.kind, 'closed');
    assert.deepEqual(pool.snapshot().connections, []);
  });

  it('even if the driver ignores the abort and connects later', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    let answer: () => void = () => undefined;
    driver.onConnect = () => new Promise((resolve) => (answer = resolve));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await waitFor(() => driver.latest.attempts.length === 1, 'the attempt');
    await within(lease.release({ linger: false }), 'the release');
    answer();
    await waitFor(() => driver.latest.disconnects.length === 2, 'the late connection to be ended');
    assert.equal(driver.openSockets, 0);
    assert.equal(lease.state.kind, 'closed');
  });

  it('rejects who waits in connect() with CONNECTION_CLOSED', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => new Promise(() => undefined);
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const waiting = assert.rejects(lease.connect(), { code: 'CONNECTION_CLOSED' });
    await lease.release({ linger: false });
    await waiting;
  });

  it('while waiting for the next attempt ends the waiting', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 20 }, random: () => 0.999 }));
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new Error('down'));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const neighbour = pool.acquire(driver, { host: 'b' }, borrower());
    await reached(lease, 'waiting');
    const connection = driver.opened[0];
    await lease.release({ linger: false });
    const attempts = connection?.attempts.length;
    const { attempt } = await reached(neighbour, 'waiting');
    await waitFor(() => neighbour.state.kind === 'waiting' && neighbour.state.attempt > attempt, 'its next attempt');
    assert.equal(connection?.attempts.length, attempts);
  });
});
