/**
 * Whatever nodes and operators do, in whatever order: one link at a time, none during a pause, and in the end a
 * connection that works.
 */
import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import type { Lease } from '../../src/core/lease';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver, type FakeSession } from '../support/fake-driver';
import { type Random, seeds, withSeed } from '../support/random';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

const SCENARIOS = 60;
const STEPS = 60;

describe('operators and nodes at random', () => {
  const teardown = useTeardown();

  it(`never make two links of one connection, nor one during a pause, in ${SCENARIOS} scenarios`, async () => {
    for (const seed of seeds(SCENARIOS)) await withSeed(seed, play);
  }).timeout(60_000);

  async function play(random: Random): Promise<void> {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0, backoff: { initialMillis: 1, maximumMillis: 2 } }));
    const driver = new FakeDriver();
    const faults: string[] = [];
    const turns = async () => {
      for (let turn = random.int(0, 3); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
    };
    driver.onConnect = async (signal, connection) => {
      if (connection.open) faults.push('connected while a link was open');
      await turns();
      if (signal.aborted) throw new Error('given up');
      if (random.chance(0.2)) throw new PoolError('DOWN', 'Down.', random.chance(0.5) ? { kind: 'refused' } : {});
    };
    driver.onDisconnect = turns;
    const held: Lease<FakeSession>[] = [pool.acquire(driver, { host: 'a' }, borrower())];
    const { key } = held[0] ?? assert.fail();
    const pending: Promise<unknown>[] = [];
    const run = (action: Promise<unknown>) => pending.push(action.catch((error: PoolError) => expected(error, faults)));
    const steps: readonly (() => void)[] = [
      () => held.push(pool.acquire(driver, { host: 'a' }, borrower())),
      () => {
        // The first lease stays, so that it is the same connection throughout.
        const lease = held.length > 1 ? held.pop() : undefined;
        if (lease) run(lease.release());
      },
      () => run(random.pick(held).connect()),
      () => run(random.pick(held).disconnect()),
      () => run(pool.reconnect(key)),
      () => run(pool.pause(key)),
      () => run(pool.resume(key)),
      () => {
        if (!driver.latest.open) return;
        driver.latest.open = false;
        driver.latest.context.lost(new PoolError('GONE', 'Gone.'));
      },
    ];
    for (let step = 0; step < STEPS; step += 1) {
      random.pick(steps)();
      if (random.chance(0.6)) await turns();
    }
    await pool.pause(key);
    await Promise.all(pending);
    await reached(held[0] ?? assert.fail(), 'idle');
    assert.equal(driver.latest.open, false, 'a link is open during a pause');
    driver.onConnect = () => undefined;
    await pool.resume(key);
    assert.equal(held[0]?.state.kind, 'connected');
    assert.deepEqual([driver.opened.length, driver.openSockets], [1, 1]);
    assert.deepEqual(faults, []);
    await pool.close();
    assert.equal(driver.openSockets, 0);
  }
});

/** What such an action may end with; anything else is a fault. */
function expected(error: PoolError, faults: string[]): void {
  const known = ['CONNECTION_PAUSED', 'CONNECTION_CLOSED', 'DOWN', 'DRIVER_FAILED'];
  if (!known.includes(error.code)) faults.push(`${error.code}: ${error.message}`);
}
