import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import type { PoolChange } from '../../src/core/pool-changes';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('whoever watches the pool', () => {
  const teardown = useTeardown();

  it('is told every state and lease of every connection, in order', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const told: PoolChange[] = [];
    const counts: number[] = [];
    pool.onChange((change) => {
      told.push(change);
      counts.push(change.borrowers.length);
    });
    const lease = pool.acquire(driver, { host: 'a' }, borrower('one'));
    await reached(lease, 'connected');
    const other = pool.acquire(driver, { host: 'a' }, borrower('other'));
    await other.release();
    await lease.release();
    assert.deepEqual(
      told.map(({ change, state }) => (change === 'state' ? state.kind : change)),
      ['acquired', 'connecting', 'connected', 'acquired', 'released', 'released', 'closing', 'closed'],
    );
    assert.deepEqual(counts, [1, 1, 1, 2, 1, 0, 0, 0]);
    assert.deepEqual(
      told.flatMap((change) => change.borrower?.id ?? []),
      ['one', 'other', 'other', 'one'],
    );
    assert.ok(told.every(({ key, type, address }) => key === lease.key && type === 'fake' && address === 'fake://a'));
  });

  it('may stop watching, and may fail without disturbing anyone', async () => {
    const pool = teardown.closeLater(new Pool());
    const warnings: string[] = [];
    pool.onWarning(({ code }) => warnings.push(code));
    let told = 0;
    const off = pool.onChange(() => {
      told += 1;
      throw new Error('not my day');
    });
    const lease = pool.acquire(new FakeDriver(), { host: 'a' }, borrower());
    await lease.connect();
    assert.ok(told > 0);
    assert.equal(warnings.length, told);
    off();
    const before = told;
    await lease.disconnect();
    assert.equal(told, before);
  });
});
