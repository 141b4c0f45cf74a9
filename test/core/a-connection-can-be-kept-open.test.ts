import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import type { Borrower } from '../../src/core/lease';
import { FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('a connection that is kept open', () => {
  const teardown = useTeardown();
  const by = (profile: string): Borrower => ({ id: `node of ${profile}`, type: 'test node', profile });

  it('stays when its last lease goes, and serves the next one at once', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true });
    await reached(lease, 'connected');
    await lease.release({ linger: false });
    assert.equal(driver.openSockets, 1);
    const [connection] = pool.snapshot().connections;
    assert.deepEqual([connection?.keepOpen, connection?.borrowers], [true, []]);
    const next = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true });
    assert.equal(next.state.kind, 'connected');
  });

  it('closes with its last lease once its profile says otherwise', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true });
    await reached(lease, 'connected');
    await lease.release();
    const next = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: false });
    await next.release();
    assert.equal(driver.openSockets, 0);
  });

  it('stays for the profile that wishes so, whatever others with the same settings do', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const keeping = pool.acquire(driver, { host: 'a' }, by('keeps'), { keepOpen: true });
    const closing = pool.acquire(driver, { host: 'a' }, by('closes'), { keepOpen: false });
    await reached(keeping, 'connected');
    await keeping.release();
    await closing.release();
    assert.equal(driver.openSockets, 1);
    pool.stopKeeping('closes');
    assert.equal(driver.openSockets, 1);
    pool.stopKeeping('keeps');
    await pool.closeUnused();
    assert.equal(driver.openSockets, 0);
  });

  it('gives way when the settings of its profile change', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const old = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true });
    await reached(old, 'connected');
    await old.release();
    pool.acquire(driver, { host: 'b' }, by('p'), { keepOpen: true });
    assert.deepEqual(
      pool.snapshot().connections.map(({ address }) => address),
      ['fake://b'],
    );
  });

  it('but not while somebody still holds the old one', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const old = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true });
    await reached(old, 'connected');
    const next = pool.acquire(driver, { host: 'b' }, by('p'), { keepOpen: true });
    await reached(next, 'connected');
    assert.equal(driver.openSockets, 2);
    await old.release();
    assert.equal(driver.openSockets, 1);
  });

  it('is closed by closeUnused, as at a shutdown', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true });
    await reached(lease, 'connected');
    await lease.release();
    await pool.closeUnused();
    assert.deepEqual(pool.snapshot().connections, []);
    assert.equal(driver.openSockets, 0);
  });

  it('is never a dedicated one', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, by('p'), { keepOpen: true, dedicated: true });
    await reached(lease, 'connected');
    assert.equal(pool.find(lease.key)?.keepOpen, false);
    await lease.release();
    assert.equal(driver.openSockets, 0);
  });
});
