import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';

describe('acquire while the connection closes', () => {
  const teardown = useTeardown();

  it('opens a new one and lets the old one finish', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    let finish: () => void = () => undefined;
    driver.onDisconnect = (_final, connection) =>
      connection === driver.opened[0] ? new Promise((resolve) => (finish = resolve)) : undefined;
    const old = pool.acquire(driver, { host: 'a' }, borrower());
    await old.connect();
    const released = old.release({ linger: false });
    const fresh = pool.acquire(driver, { host: 'a' }, borrower());
    assert.equal(driver.opened.length, 2);
    await reached(fresh, 'connected');
    finish();
    await released;
    assert.equal(old.state.kind, 'closed');
    assert.equal(fresh.state.kind, 'connected');
    assert.equal(pool.snapshot().connections.length, 1);
  });

  it('waits for the old one where only one may claim the identity', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    let finish: () => void = () => undefined;
    driver.onDisconnect = (_final, connection) =>
      connection === driver.opened[0] ? new Promise((resolve) => (finish = resolve)) : undefined;
    const old = pool.acquire(driver, { host: 'a', identity: 'me' }, borrower());
    await old.connect();
    const released = old.release({ linger: false });
    const fresh = pool.acquire(driver, { host: 'a', identity: 'me', password: 'changed' }, borrower());
    await staysFalse(() => driver.latest.attempts.length > 0, 'an attempt while the old one is open', 30);
    assert.equal(fresh.state.kind, 'connecting');
    finish();
    await released;
    await reached(fresh, 'connected');
  });

  it('and a lingering connection gives way to a changed profile of the same identity', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 60_000 }));
    const driver = new FakeDriver();
    const old = pool.acquire(driver, { host: 'a', identity: 'me' }, borrower());
    await old.connect();
    await old.release();
    const fresh = pool.acquire(driver, { host: 'a', identity: 'me', password: 'changed' }, borrower());
    await reached(fresh, 'connected');
    await waitFor(() => pool.snapshot().connections.length === 1, 'the old one to close');
    assert.equal(driver.openSockets, 1);
    assert.deepEqual(driver.opened[0]?.disconnects, [true]);
  });
});
