import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import {
  ConnectionTracing,
  LEASE_CHANNEL,
  type MessageEvent,
  RECEIVE_CHANNEL,
  SEND_CHANNEL,
  SETTLE_CHANNEL,
  STATE_CHANNEL,
} from '../../src/core/tracing';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('tracing', () => {
  const teardown = useTeardown();

  function listen(name: string): unknown[] {
    const events: unknown[] = [];
    const listener = (event: unknown) => void events.push(event);
    subscribe(name, listener);
    teardown.defer(() => unsubscribe(name, listener));
    return events;
  }

  it('tells states and leases of every connection, and no secret', async () => {
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0 }));
    const states = listen(STATE_CHANNEL);
    const leases = listen(LEASE_CHANNEL);
    const lease = pool.acquire(new FakeDriver(), { host: 'a', password: 'hush-hush' }, borrower('me'));
    await reached(lease, 'connected');
    await lease.release();
    const connection = { key: lease.key, type: 'fake', address: 'fake://a' };
    assert.deepEqual(
      states.map((event) => (event as { state: { kind: string } }).state.kind),
      ['connecting', 'connected', 'closing', 'closed'],
    );
    assert.deepEqual(leases, [
      { ...connection, change: 'acquired', borrower: borrower('me'), references: 1 },
      { ...connection, change: 'released', borrower: borrower('me'), references: 0 },
    ]);
    assert.ok(!JSON.stringify([states, leases]).includes('hush-hush'));
  });

  it('tells a message with one object from sending to settling', () => {
    const tracing = new ConnectionTracing({ key: 'fake:1', type: 'fake', address: 'fake://a' });
    const sent = listen(SEND_CHANNEL);
    const settled = listen(SETTLE_CHANNEL);
    const received = listen(RECEIVE_CHANNEL);
    const event = tracing.sent('a/b', 3);
    tracing.settled(event, 12, new PoolError('NO', 'No.'));
    tracing.received('c/d', 4);
    assert.equal(sent[0], settled[0]);
    assert.deepEqual(settled[0], {
      ...{ key: 'fake:1', type: 'fake', address: 'fake://a', subject: 'a/b', bytes: 3, millis: 12 },
      error: { code: 'NO', message: 'No.' },
    } satisfies MessageEvent);
    assert.deepEqual(received[0], { key: 'fake:1', type: 'fake', address: 'fake://a', subject: 'c/d', bytes: 4 });
  });

  it('makes nothing while nobody listens', () => {
    const tracing = new ConnectionTracing({ key: 'fake:1', type: 'fake', address: 'fake://a' });
    assert.equal(tracing.sent('a/b', 3), undefined);
    tracing.state(() => assert.fail('it made an event'));
  });
});
