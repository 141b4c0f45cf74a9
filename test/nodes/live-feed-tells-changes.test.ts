import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { LiveWatch } from '../support/live-watch';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('what the live feed tells', function () {
  this.timeout(30_000);
  const teardown = useTeardown();

  function start(options: { readonly tickMillis?: number } = {}) {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1, maximumMillis: 5 } }));
    const driver = new FakeDriver();
    return { pool, driver, watch: new LiveWatch(teardown, pool, [], options) };
  }

  it('is everything first, and then what has changed', async () => {
    const { pool, driver, watch } = start();
    const [a, b] = ['a', 'b'].map((host) => pool.acquire(driver, { host }, borrower()));
    assert.ok(a && b);
    await Promise.all([reached(a, 'connected'), reached(b, 'connected')]);
    const { known } = watch.watching('one');
    await waitFor(() => known.updates.length > 0, 'everything');
    assert.deepEqual([...known.rows.keys()].sort(), [a.key, b.key].sort());
    assert.ok([...known.rows.values()].every((row) => row.state === 'connected' && row.history !== undefined));
    driver.opened[0]?.context.lost(new PoolError('FAKE_LOST', 'It went away.'));
    await waitFor(() => known.rows.get(a.key)?.lastError?.code === 'FAKE_LOST', 'the loss');
    await waitFor(() => known.rows.get(a.key)?.state === 'connected', 'the connection to come back');
    assert.equal(known.rows.get(a.key)?.reconnects, 1);
    assert.equal(known.rows.get(a.key)?.lastError?.message, 'It went away.', 'stays');
    const later = known.updates.slice(1);
    assert.ok(later.length > 0 && later.every(({ full, rows }) => !full && rows.every(({ key }) => key === a.key)));
    assert.deepEqual(watch.failures, []);
  });

  it('comes at once after a change of state, not with the next tick', async () => {
    const { pool, driver, watch } = start({ tickMillis: 3_600_000 });
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    const { known } = watch.watching('one');
    await waitFor(() => known.updates.length > 0, 'everything');
    driver.latest.context.lost(new PoolError('FAKE_LOST', 'It went away.'));
    await waitFor(() => known.rows.get(lease.key)?.lastError?.code === 'FAKE_LOST', 'the loss');
    await waitFor(() => known.rows.get(lease.key)?.reconnects === 1, 'the connection to come back');
  });

  it('has nothing to say while nothing changes', async () => {
    const { pool, driver, watch } = start();
    const [quiet, busy] = ['quiet', 'busy'].map((host) => pool.acquire(driver, { host }, borrower()));
    assert.ok(quiet && busy);
    await Promise.all([reached(quiet, 'connected'), reached(busy, 'connected')]);
    const { known } = watch.watching('one');
    await waitFor(() => known.updates.length > 0, 'everything');
    const context = driver.opened[1]?.context;
    for (let tick = 1; tick <= 2; tick += 1) {
      const before = known.updates.length;
      if (context) context.counters.messagesIn += 1000 * tick;
      await waitFor(() => known.updates.length > before, 'a change of the busy one');
    }
    assert.ok(known.updates.slice(1).every(({ rows }) => rows.every(({ key }) => key === busy.key)));
    await waitFor(() => (known.rows.get(busy.key)?.rates.messagesIn ?? 0) > 0, 'a rate');
    await waitFor(() => known.rows.get(busy.key)?.rates.messagesIn === 0, 'calm');
  });

  it('counts nodes and names connections that are gone', async () => {
    const { pool, driver, watch } = start();
    const first = pool.acquire(driver, { host: 'a' }, borrower(), { lingerMillis: 0 });
    const { known } = watch.watching('one');
    await waitFor(() => known.rows.get(first.key)?.nodes === 1, 'one node');
    const second = pool.acquire(driver, { host: 'a' }, { ...borrower('n'), profile: 'p' }, { lingerMillis: 0 });
    await waitFor(() => known.rows.get(first.key)?.nodes === 2, 'two nodes');
    assert.deepEqual(known.rows.get(first.key)?.profiles, [{ id: 'p' }]);
    await Promise.all([first.release(), second.release()]);
    await waitFor(() => known.rows.size === 0, 'it to go');
    assert.ok(known.updates.some(({ gone }) => gone.includes(first.key)));
  });

  it('has the details of opened rows, until they are closed', async () => {
    const { pool, driver, watch } = start();
    const lease = pool.acquire(driver, { host: 'a' }, borrower('n1'));
    const editor = watch.watching('one', { open: [lease.key, 'nothing'] });
    const { known } = editor;
    const nodes = () =>
      known.details
        .get(lease.key)
        ?.nodes.map(({ id }) => id)
        .join(' ');
    await waitFor(() => nodes() === 'n1', 'the details');
    const other = pool.acquire(driver, { host: 'a' }, borrower('n2'));
    await waitFor(() => nodes() === 'n1 n2', 'the other node');
    editor.says({ open: [] });
    await other.release();
    await waitFor(() => known.rows.get(lease.key)?.nodes === 1, 'the node to go');
    assert.equal(nodes(), 'n1 n2', 'a closed row is not told of');
    editor.says({ open: [lease.key] });
    await waitFor(() => nodes() === 'n1', 'the details again');
  });
});
