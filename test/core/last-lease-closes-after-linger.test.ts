import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('when the last lease goes', () => {
  const teardown = useTeardown();

  it('the connection closes after its linger, not before', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 60 }));
    const driver = new FakeDriver();
    const one = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(one, 'connected');
    await one.release();
    await other.release();
    const released = Date.now();
    assert.equal(driver.openSockets, 1);
    await waitFor(() => driver.openSockets === 0, 'the connection to close');
    assert.ok(Date.now() - released >= 55, 'it lingered');
    assert.deepEqual(driver.latest.disconnects, [true]);
    assert.deepEqual(pool.snapshot().connections, []);
  });

  it('a lease taken while it lingers finds it connected', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 1000 }));
    const driver = new FakeDriver();
    const first = pool.acquire(driver, { host: 'a' }, borrower());
    await first.connect();
    await first.release();
    const second = pool.acquire(driver, { host: 'a' }, borrower());
    assert.equal(second.state.kind, 'connected');
    assert.equal(driver.opened.length, 1);
  });

  it('and keeps it open: the old linger no longer counts', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 20 }));
    const driver = new FakeDriver();
    const first = pool.acquire(driver, { host: 'a' }, borrower());
    await first.connect();
    await first.release();
    const second = pool.acquire(driver, { host: 'a' }, borrower());
    const third = pool.acquire(driver, { host: 'b' }, borrower());
    await third.connect();
    await third.release();
    await waitFor(() => pool.snapshot().connections.length === 1, 'the other linger to pass');
    assert.equal(second.state.kind, 'connected');
  });

  it('with linger: false it is closed when release() settles', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 60_000 }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await lease.connect();
    await lease.release({ linger: false });
    assert.equal(driver.openSockets, 0);
  });

  it('while a connection somebody else holds stays open', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const one = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    await one.connect();
    await one.release({ linger: false });
    assert.equal(other.state.kind, 'connected');
    assert.equal(driver.openSockets, 1);
  });
});
