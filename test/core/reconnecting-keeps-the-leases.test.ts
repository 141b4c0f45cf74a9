import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached, recordKinds } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('reconnecting a connection', () => {
  const teardown = useTeardown();

  it('ends its link, connects at once and keeps every lease', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    const kinds = recordKinds(other);
    await pool.reconnect(lease.key);
    assert.deepEqual(kinds, ['closing', 'connecting', 'connected']);
    assert.equal(driver.opened.length, 1);
    assert.deepEqual(driver.latest.disconnects, [false]);
    assert.equal(lease.released || other.released, false);
    const counters = pool.find(lease.key)?.counters;
    assert.deepEqual([counters?.connects, counters?.reconnects, counters?.losses], [2, 1, 0]);
  });

  it('waits for the end of the old link before it connects', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const order: string[] = [];
    driver.onDisconnect = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('ended');
    };
    driver.onConnect = () => void order.push('connect');
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    await Promise.all(
      [pool.reconnect(lease.key), pool.reconnect(lease.key)].map((done) => done.catch(() => undefined)),
    );
    await reached(lease, 'connected');
    assert.deepEqual(order, ['connect', 'ended', 'ended', 'connect']);
  });

  it('rejects with the reason when the server does not take it, and goes on trying', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1 } }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    let failures = 1;
    driver.onConnect = () => (failures-- > 0 ? Promise.reject(new Error('down')) : undefined);
    await assert.rejects(pool.reconnect(lease.key), /down/);
    await reached(lease, 'connected');
    assert.equal(pool.find(lease.key)?.counters.failures, 1);
  });

  it('does not wait out the time to the next attempt', async () => {
    const pool = teardown.closeLater(
      new Pool({ backoff: { initialMillis: 600_000, maximumMillis: 600_000 }, random: () => 1 }),
    );
    const driver = new FakeDriver();
    let failures = 1;
    driver.onConnect = () => (failures-- > 0 ? Promise.reject(new Error('down')) : undefined);
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'waiting');
    await pool.reconnect(lease.key);
    assert.equal(lease.state.kind, 'connected');
  });

  it('of an unknown key, or of the beginning of several, is an error with a code', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    pool.acquire(driver, { host: 'b' }, borrower());
    await assert.rejects(pool.reconnect('fake:zzz'), { code: 'CONNECTION_UNKNOWN' });
    await assert.rejects(pool.reconnect('fake:'), { code: 'CONNECTION_AMBIGUOUS' });
    await assert.rejects(pool.reconnect(''), { code: 'CONNECTION_UNKNOWN' });
    assert.throws(() => pool.find('fake:'), { code: 'CONNECTION_AMBIGUOUS' });
    assert.equal(pool.find('nothing'), undefined);
    assert.equal(pool.find(lease.key.slice(0, 30))?.key, lease.key);
  });
});
