import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { PoolError } from '../../src/core/errors';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('the snapshot', () => {
  const teardown = useTeardown();

  it('tells connections, borrowers, counters and details as plain JSON', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 60_000 }, random: () => 0.999 }));
    const driver = new FakeDriver();
    const who = { id: 'n1', type: 'sink', name: 'my sink', flow: 'f1' };
    const lease = pool.acquire(driver, { host: 'a' }, who);
    await lease.connect();
    driver.latest.context.counters.messagesIn += 3;
    driver.latest.context.lost(new PoolError('GONE', 'Gone.', { cause: new Error('inner') }));
    await reached(lease, 'waiting');
    const snapshot = pool.snapshot();
    const [connection] = snapshot.connections;
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
    assert.equal(connection?.key, lease.key);
    assert.equal(connection?.type, 'fake');
    assert.equal(connection?.address, 'fake://a');
    assert.equal(connection?.dedicated, false);
    assert.deepEqual(connection?.borrowers, [who]);
    assert.equal(connection?.state.kind, 'waiting');
    assert.deepEqual('error' in connection.state && connection.state.error, { code: 'GONE', message: 'Gone.' });
    assert.deepEqual(
      [connection.counters.messagesIn, connection.counters.connects, connection.counters.losses],
      [3, 1, 1],
    );
    assert.deepEqual(connection.details, { sessions: 1 });
  });

  it('is a copy: it does not change afterwards', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    const before = pool.snapshot();
    const text = JSON.stringify(before);
    await lease.connect();
    driver.latest.context.counters.messagesOut += 1;
    pool.acquire(driver, { host: 'a' }, borrower());
    assert.equal(JSON.stringify(before), text);
  });
});
