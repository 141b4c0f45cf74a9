import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import type { ConnectionState } from '../../src/core/connection-state';
import { PoolError } from '../../src/core/errors';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached, recordKinds } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('changes of state', () => {
  const teardown = useTeardown();

  it('are told to every lease once, in order, with times that do not run back', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0, backoff: { initialMillis: 1 } }));
    const driver = new FakeDriver();
    let failures = 1;
    driver.onConnect = () => (failures-- > 0 ? Promise.reject(new Error('down')) : undefined);
    const one = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    const states: ConnectionState[] = [];
    one.onState((state) => states.push(state));
    const kinds = recordKinds(other);
    await reached(one, 'connected');
    driver.latest.context.lost(new PoolError('GONE', 'Gone.'));
    driver.latest.context.lost(new PoolError('GONE', 'Gone, said twice.'));
    await reached(one, 'connected');
    const expected = ['waiting', 'connecting', 'connected', 'waiting', 'connecting', 'connected'];
    assert.deepEqual(kinds, expected);
    assert.deepEqual(
      states.map(({ kind }) => kind),
      expected,
    );
    for (const [index, state] of states.entries()) assert.ok(state.since >= (states[index - 1]?.since ?? 0));
  });

  it('and no more after the listener was taken off', async () => {
    const pool = teardown.closeLater(new Pool());
    const lease = pool.acquire(new FakeDriver(), { host: 'a' }, borrower());
    let told = 0;
    const off = lease.onState(() => (told += 1));
    off();
    await lease.connect();
    assert.equal(told, 0);
  });

  it('a listener may release its own lease, or acquire another, while it is told', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const driver = new FakeDriver();
    const one = pool.acquire(driver, { host: 'a' }, borrower());
    const other = pool.acquire(driver, { host: 'a' }, borrower());
    const kinds = recordKinds(other);
    let released: Promise<void> | undefined;
    one.onState(() => {
      released ??= one.release();
      pool.acquire(driver, { host: 'b' }, borrower());
    });
    await other.connect();
    await released;
    assert.deepEqual(kinds.at(-1), 'connected');
  });
});
