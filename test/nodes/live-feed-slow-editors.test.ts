import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import { Watcher } from '../../src/runtime/live/watcher';
import { borrower, FakeDriver } from '../support/fake-driver';
import { LiveWatch } from '../support/live-watch';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('an editor that does not keep up', function () {
  this.timeout(30_000);
  const teardown = useTeardown();

  it('is told no more than three updates ahead, and then all that is new', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1, maximumMillis: 5 } }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    const watch = new LiveWatch(teardown, pool);
    const [slow, quick] = [watch.watching('slow'), watch.watching('quick')];
    slow.attentive = false;
    await waitFor(() => slow.known.updates.length > 0, 'the first update');
    for (let round = 1; round <= 10; round += 1) {
      driver.latest.context.lost(new PoolError('FAKE_LOST', `Loss ${round}.`));
      await waitFor(() => quick.known.rows.get(lease.key)?.lastError?.message === `Loss ${round}.`, `loss ${round}`);
      await reached(lease, 'connected');
    }
    assert.equal(slow.known.updates.length, 3);
    slow.says({ seen: 3 });
    await waitFor(() => slow.known.rows.get(lease.key)?.lastError?.message === 'Loss 10.', 'the latest');
    assert.equal(slow.known.expired, 0);
  });

  it('is given up after half a minute', () => {
    const watcher = new Watcher(0);
    const rows = { entries: new Map(), revision: 1 } as unknown as Parameters<Watcher['next']>[0];
    const details = { entries: new Map() } as unknown as Parameters<Watcher['next']>[1];
    assert.ok(watcher.next(rows, details, 0)?.full);
    assert.ok(!watcher.isLost(30_000));
    assert.ok(watcher.isLost(30_001));
    watcher.hear({ seen: 1 }, 30_001);
    assert.ok(!watcher.isLost(100_000), 'it has seen all there is');
    assert.equal(watcher.next(rows, details, 100_000), undefined);
  });
});
