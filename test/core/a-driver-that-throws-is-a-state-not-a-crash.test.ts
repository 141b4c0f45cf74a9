import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('a driver that throws', () => {
  const teardown = useTeardown();

  it('in connect, at once or later, leaves the lease waiting with DRIVER_FAILED and the cause', async () => {
    for (const onConnect of [
      () => {
        throw new TypeError('bug in the driver');
      },
      () => Promise.reject(new TypeError('bug in the driver')),
    ]) {
      const pool = teardown.closeLater(new Pool());
      const driver = new FakeDriver();
      driver.onConnect = onConnect;
      const lease = pool.acquire(driver, { host: 'a' }, borrower());
      const { error } = await reached(lease, 'waiting');
      assert.equal(error.code, 'DRIVER_FAILED');
      assert.ok(error.cause instanceof TypeError);
    }
  });

  it('something that is no Error is wrapped, too', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- just what is tested
    driver.onConnect = () => Promise.reject('a string');
    const { error } = await reached(pool.acquire(driver, { host: 'a' }, borrower()), 'waiting');
    assert.equal(error.code, 'DRIVER_FAILED');
    assert.match(error.message, /a string/);
  });

  it('while closing a session or the connection is a warning, and the release succeeds', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const warnings: string[] = [];
    pool.onWarning((error) => warnings.push(error.message));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await lease.connect();
    driver.onSessionClose = () => {
      throw new Error('session will not close');
    };
    driver.onDisconnect = () => Promise.reject(new Error('connection will not close'));
    await lease.release();
    assert.deepEqual(warnings, ['session will not close', 'connection will not close']);
    assert.deepEqual(pool.snapshot().connections, []);
  });

  it('in open is an error of that acquire alone', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.open = () => {
      throw new TypeError('cannot open');
    };
    assert.throws(() => pool.acquire(driver, { host: 'a' }, borrower()), { code: 'DRIVER_FAILED' });
    assert.deepEqual(pool.snapshot().connections, []);
  });

  it('and a state listener that throws does not keep the others from being told', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const one = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    const told: string[] = [];
    one.onState(() => {
      throw new Error('bug in a listener');
    });
    other.onState(({ kind }) => told.push(kind));
    await other.connect();
    assert.ok(told.includes('connected'));
  });
});
