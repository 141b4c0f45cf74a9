import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { Tickets, TICKET_MILLIS } from '../../src/runtime/live/tickets';
import { borrower, FakeDriver } from '../support/fake-driver';
import { LiveWatch } from '../support/live-watch';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('the live feed and its tickets', () => {
  const teardown = useTeardown();

  function start() {
    const pool = teardown.closeLater(new Pool());
    pool.acquire(new FakeDriver(), { host: 'a' }, borrower());
    return new LiveWatch(teardown, pool);
  }

  it('tells only those who have brought a ticket, each on its own socket', async () => {
    const watch = start();
    const [watching, silent, forger] = [watch.watching('one'), watch.editor('two'), watch.editor('three')];
    forger.says({ ticket: 'made up', open: [] });
    await waitFor(() => watching.known.updates.length > 0, 'an update');
    assert.equal(watching.known.updates[0]?.full, true);
    assert.equal(silent.known.updates.length + forger.known.updates.length, 0);
    assert.deepEqual([silent.known.expired, forger.known.expired], [0, 1]);
    assert.deepEqual(watch.broadcasts, []);
    assert.deepEqual(watch.failures, []);
  });

  it('takes a ticket once', async () => {
    const watch = start();
    const ticket = watch.feed.ticket();
    const [first, second] = [watch.editor('one'), watch.editor('two')];
    first.says({ ticket });
    second.says({ ticket });
    await waitFor(() => first.known.updates.length > 0, 'an update');
    assert.equal(second.known.expired, 1);
    assert.equal(second.known.updates.length, 0);
  });

  it('takes a ticket for a minute, and keeps no more than it must', () => {
    let now = 0;
    const tickets = new Tickets(() => now);
    const [used, old] = [tickets.issue(), tickets.issue()];
    now = TICKET_MILLIS;
    assert.ok(tickets.redeem(used));
    assert.ok(!tickets.redeem(used));
    now += 1;
    assert.ok(!tickets.redeem(old));
    const first = tickets.issue();
    for (let count = 0; count < 1000; count += 1) tickets.issue();
    assert.ok(!tickets.redeem(first), 'too many were asked for since');
  });

  it('bears messages of any kind, and answers them once a second at most', async () => {
    const watch = start();
    const editor = watch.editor('one');
    const nonsense = [null, 0, '', [], {}, { open: 'x' }, { ticket: {} }, { seen: -1 }, { ticket: '__proto__' }];
    for (const data of [...nonsense, ...nonsense]) editor.says(data);
    watch.events.emit('comms:message:connection-pool/live', undefined);
    watch.events.emit('comms:message:connection-pool/live', { session: {}, data: {} });
    watch.events.emit('comms:connection-removed');
    assert.equal(editor.known.expired, 1);
    const watching = watch.watching('two');
    for (const data of [{ open: [null, {}, 'x'.repeat(100_000)] }, { open: {} }, { seen: NaN }, { seen: 1e300 }]) {
      watching.says(data);
    }
    await waitFor(() => watching.known.updates.length > 0, 'an update');
    assert.deepEqual(watch.failures, []);
    assert.equal(watching.known.expired, 0);
  });
});
