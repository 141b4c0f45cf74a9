import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { useTeardown } from '../support/teardown';

describe('a borrower that asks for a dedicated connection', () => {
  const teardown = useTeardown();

  it('gets one of its own, which the driver told apart', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    pool.acquire(driver, { host: 'a' }, borrower('shared-1'));
    pool.acquire(driver, { host: 'a' }, borrower('own-1'), { dedicated: true });
    pool.acquire(driver, { host: 'a' }, borrower('own-2'), { dedicated: true });
    pool.acquire(driver, { host: 'a' }, borrower('shared-2'));
    assert.deepEqual(
      driver.opened.map(({ profile }) => profile.name),
      ['', '-own-1', '-own-2'],
    );
    assert.deepEqual(
      pool.snapshot().connections.map(({ dedicated, borrowers }) => [dedicated, borrowers.map(({ id }) => id)]),
      [
        [false, ['shared-1', 'shared-2']],
        [true, ['own-1']],
        [true, ['own-2']],
      ],
    );
  });
});
