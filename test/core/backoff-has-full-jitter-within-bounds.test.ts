import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { backoffDelay, DEFAULT_BACKOFF } from '../../src/core/backoff';
import { PoolError } from '../../src/core/errors';
import { borrower, FakeDriver } from '../support/fake-driver';
import { Random } from '../support/random';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('backoff', () => {
  const teardown = useTeardown();

  it('is spread evenly from 0 to a bound that doubles up to the maximum', () => {
    const random = new Random(7);
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      const bound = Math.min(10_000, 100 * 2 ** (attempt - 1));
      const delays = Array.from({ length: 200 }, () => backoffDelay('retry', attempt, random.next(), DEFAULT_BACKOFF));
      assert.ok(Math.min(...delays) >= 0 && Math.max(...delays) <= bound);
      const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
      assert.ok(mean > bound * 0.38 && mean < bound * 0.62, `attempt ${attempt}: mean ${mean} of bound ${bound}`);
    }
  });

  it('after a refusal is slow, and never hurries', () => {
    for (const random of [0, 0.5, 0.999]) {
      const first = backoffDelay('refused', 1, random, DEFAULT_BACKOFF);
      assert.ok(first >= 2500 && first <= 5000);
      const late = backoffDelay('refused', 1000, random, DEFAULT_BACKOFF);
      assert.ok(late >= 30_000 && late <= 60_000);
    }
  });

  it('decides the time of the next attempt, with the random numbers given', async () => {
    const pool = teardown.closeLater(new Pool({ random: () => 0.5, backoff: { initialMillis: 40 } }));
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new Error('down'));
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const delays: number[] = [];
    lease.onState((state) => {
      if (state.kind === 'waiting') delays.push(state.nextAttemptAt - state.since);
    });
    await waitFor(() => delays.length >= 3, 'three attempts');
    assert.deepEqual(delays.slice(0, 3), [20, 40, 80]);
  });

  it('starts over after a connection that lasted, and goes on after one that did not', async () => {
    const pool = teardown.closeLater(new Pool({ random: () => 0, backoff: { initialMillis: 1, maximumMillis: 2000 } }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const attempts: number[] = [];
    lease.onState((state) => {
      if (state.kind === 'waiting') attempts.push(state.attempt);
    });
    for (let loss = 1; loss <= 3; loss += 1) {
      await reached(lease, 'connected');
      driver.latest.context.lost(new PoolError('GONE', 'Gone.'));
    }
    assert.deepEqual(attempts, [1, 2, 3], 'a flapping connection is not tried faster and faster');
    const { since } = await reached(lease, 'connected');
    await waitFor(() => Date.now() - since > 2100, 'a stable connection');
    driver.latest.context.lost(new PoolError('GONE', 'Gone.'));
    assert.deepEqual(attempts, [1, 2, 3, 1]);
  });
});
