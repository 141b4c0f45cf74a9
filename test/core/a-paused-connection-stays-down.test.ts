import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached, recordKinds } from '../support/states';
import { useTeardown } from '../support/teardown';
import { staysFalse } from '../support/waiting';

describe('a paused connection', () => {
  const teardown = useTeardown();

  it('is disconnected, says so, and connects when it is resumed', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    const kinds = recordKinds(lease);
    await pool.pause(lease.key);
    assert.equal(driver.openSockets, 0);
    assert.deepEqual(lease.state, { kind: 'idle', since: lease.state.since, paused: true });
    assert.equal(pool.find(lease.key)?.paused, true);
    await pool.resume(lease.key);
    assert.deepEqual(kinds, ['closing', 'idle', 'connecting', 'connected']);
    assert.equal(pool.find(lease.key)?.paused, false);
    assert.equal(driver.opened.length, 1);
  });

  it('is connected neither by a new lease nor by one that asks for it', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    await pool.pause(lease.key);
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    await assert.rejects(other.connect(), { code: 'CONNECTION_PAUSED' });
    await assert.rejects(pool.reconnect(lease.key), { code: 'CONNECTION_PAUSED' });
    assert.equal(driver.latest.attempts.length, 1);
    await pool.resume(lease.key);
    assert.equal(other.state.kind, 'connected');
  });

  it('does not try again, also when it was waiting to', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1, maximumMillis: 1 } }));
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new Error('down'));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'waiting');
    await pool.pause(lease.key);
    const attempts = driver.latest.attempts.length;
    await staysFalse(() => driver.latest.attempts.length > attempts, 'another attempt', 20);
    assert.equal(lease.state.kind, 'idle');
  });

  it('may be paused before it ever connected, twice, and resumed while it is being ended', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower(), { autoConnect: false });
    await Promise.all([pool.pause(lease.key), pool.pause(lease.key)]);
    assert.deepEqual('paused' in lease.state && lease.state.paused, true);
    await pool.resume(lease.key);
    const paused = pool.pause(lease.key);
    await pool.resume(lease.key);
    await paused;
    assert.equal(lease.state.kind, 'connected');
    assert.equal(driver.openSockets, 1);
  });

  it('closes with its last lease, and is forgotten as paused', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await pool.pause(lease.key);
    await lease.release();
    const next = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(next, 'connected');
  });
});
