import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { LiveWatch } from '../support/live-watch';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('a driver that throws when it is asked what it does', () => {
  const teardown = useTeardown();

  it('is shown without that, and the others as ever', async () => {
    const pool = teardown.closeLater(new Pool());
    const [good, bad] = [new FakeDriver('good'), new FakeDriver('bad')];
    const leases = [good, bad].map((driver) => pool.acquire(driver, { host: 'a' }, borrower()));
    const keys = leases.map(({ key }) => key);
    const fail = () => {
      throw new Error('a mistake of the driver');
    };
    Object.defineProperty(bad.latest, 'queued', { get: fail });
    Object.assign(bad.latest, { subscriptions: fail, queues: fail });
    Object.assign(good.latest, {
      subscriptions: () => ({ listed: [{ filter: 'a', nodes: 1, messages: 2 }], more: 3 }),
    });
    const watch = new LiveWatch(teardown, pool);
    const { known } = watch.watching('one', { open: keys });
    await waitFor(() => known.details.size === 2, 'the details of both');
    assert.deepEqual(
      keys.map((key) => known.rows.get(key)?.queued),
      [0, 0],
    );
    assert.deepEqual(
      keys.map((key) => known.details.get(key)?.subscriptions),
      [[{ filter: 'a', nodes: 1, messages: 2 }], []],
    );
    assert.equal(known.details.get(keys[0] ?? '')?.moreSubscriptions, 3);
    assert.ok(watch.failures.length > 0 && watch.failures.every((one) => /a mistake/.test(String(one))));
  });
});
