import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { inspect } from 'node:util';
import { PoolError } from '../../src/core/errors';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

const SECRET = 'correct-horse-battery';

describe('a password in a profile', () => {
  const teardown = useTeardown();

  it('appears in no key, snapshot, lease, state or error', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new PoolError('DOWN', 'Down.', { cause: new Error('reset') }));
    const lease = pool.acquire(driver, { host: 'a', password: SECRET }, borrower());
    const { error } = await reached(lease, 'waiting');
    await lease.release();
    const twice = await lease.release().catch((thrown: unknown) => thrown);
    for (const shown of [lease.key, pool.snapshot(), lease, pool, error, twice]) {
      const text = [inspect(shown, { depth: 10 }), JSON.stringify(shown) ?? ''].join();
      assert.ok(!text.includes(SECRET), 'the password shows');
    }
  });

  it('makes different keys in different pools, so that a key can not be used to guess it', () => {
    const keys = [1, 2].map(() => {
      const pool = teardown.closeLater(new Pool());
      return pool.acquire(new FakeDriver(), { host: 'a', password: SECRET }, borrower()).key;
    });
    assert.notEqual(keys[0], keys[1]);
  });
});
