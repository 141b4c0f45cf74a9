import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import { testProfile } from '../../src/core/test-profile';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('a test of settings', () => {
  const teardown = useTeardown();

  it('connects once on a connection of its own and leaves nothing behind', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    let changes = 0;
    pool.onChange(() => (changes += 1));
    const result = await testProfile(pool, driver, { host: 'a' }, 1000);
    assert.deepEqual(result, { ok: true, millis: result.millis, steps: result.steps, details: { sessions: 0 } });
    assert.equal(driver.opened.length, 2);
    assert.deepEqual(driver.latest.disconnects, [true]);
    assert.match(driver.latest.profile.name ?? '', /^-\w+$/);
    assert.equal(changes, 0);
    assert.equal(pool.snapshot().connections.length, 1);
    assert.equal(driver.openSockets, 1);
  });

  it('answers with the error of what fails, and does not try again', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new PoolError('FAKE_REFUSED', 'Refused.', { kind: 'refused' }));
    pool.registerDriver(driver);
    const result = await testProfile(pool, 'fake', { host: 'a' }, 1000);
    assert.equal(!result.ok && result.error.code, 'FAKE_REFUSED');
    assert.equal(driver.latest.attempts.length, 1);
    assert.deepEqual(driver.latest.disconnects, [true]);
  });

  it('is given up after its time, the attempt aborted', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => new Promise(() => undefined);
    // Its timer alone would not keep the process alive.
    const alive = setInterval(() => undefined, 1000);
    teardown.defer(() => clearInterval(alive));
    const result = await testProfile(pool, driver, { host: 'a' }, 20);
    assert.equal(!result.ok && result.error.code, 'CONNECT_TIMEOUT');
    assert.equal(driver.latest.attempts[0]?.aborted, true);
  });

  it('tells settings that can not work, and an unknown type, the same way', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.normalise = () => {
      throw new PoolError('FAKE_INVALID', 'Invalid.');
    };
    const invalid = await testProfile(pool, driver, { host: 'a' }, 1000);
    const unknown = await testProfile(pool, 'nope', {}, 1000);
    assert.deepEqual(
      [invalid, unknown].map((result) => !result.ok && result.error.code),
      ['FAKE_INVALID', 'POOL_UNKNOWN_DRIVER'],
    );
  });
});
