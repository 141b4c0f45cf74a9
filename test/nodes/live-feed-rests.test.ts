import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { LiveWatch } from '../support/live-watch';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';

/** Counts who looks at its connections. */
class CountingPool extends Pool {
  looks = 0;
  listeners = 0;

  override glances() {
    this.looks += 1;
    return super.glances();
  }

  override onChange(listener: Parameters<Pool['onChange']>[0]) {
    this.listeners += 1;
    const stop = super.onChange(listener);
    return () => {
      this.listeners -= 1;
      stop();
    };
  }
}

describe('the live feed', function () {
  this.timeout(30_000);
  const teardown = useTeardown();

  async function start() {
    const pool = teardown.closeLater(new CountingPool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    await reached(lease, 'connected');
    return { pool, driver, lease, watch: new LiveWatch(teardown, pool, [], { tickMillis: 10 }) };
  }

  for (const [how, end] of [
    ['an editor goes away', 'leaves'],
    ['its sidebar is hidden', 'stops'],
  ] as const) {
    it(`does nothing more when ${how}`, async () => {
      const { pool, watch } = await start();
      const editor = watch.watching('one');
      await waitFor(() => editor.known.updates.length > 0, 'an update');
      assert.equal(pool.listeners, 1);
      if (end === 'leaves') editor.leaves();
      else editor.says({ stop: true });
      assert.equal(pool.listeners, 0);
      const { looks } = pool;
      // The sampler still looks, once every five seconds.
      await staysFalse(() => pool.looks > looks + 5, 'looks at the connections', 300);
      editor.says({ open: [] });
      assert.equal(editor.known.expired, 1, 'it needs another ticket');
    });
  }

  it('goes on for one editor when another goes away', async () => {
    const { driver, watch } = await start();
    const [one, two] = [watch.watching('one'), watch.watching('two')];
    await waitFor(() => one.known.updates.length > 0 && two.known.updates.length > 0, 'updates');
    one.leaves();
    const [before, after] = [one.known.updates.length, two.known.updates.length];
    driver.latest.context.counters.messagesIn += 100;
    await waitFor(() => two.known.updates.length > after, 'an update of the other');
    assert.equal(one.known.updates.length, before);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const { pool, watch } = await start();
    const editor = watch.watching('one');
    await waitFor(() => editor.known.updates.length > 0, 'an update');
    watch.feed.stop();
    assert.equal(pool.listeners, 0);
    assert.deepEqual(
      watch.events.eventNames().filter((name) => name !== 'comms'),
      [],
    );
  });
});
