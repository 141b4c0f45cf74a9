import assert from 'node:assert/strict';
import { type ConnectionContext, type Driver, type DriverSession, Pool, PoolError } from '../../src';
import { borrower } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('a driver that finds its server again', () => {
  const teardown = useTeardown();

  it('ends the wait for the next attempt, and does nothing while there is none', async () => {
    let context: ConnectionContext | undefined;
    let attempts = 0;
    const driver: Driver<object, DriverSession> = {
      type: 'test',
      normalise: (profile) => profile,
      describe: () => 'somewhere',
      open: (_profile, given) => {
        context = given;
        return {
          connect: () => {
            attempts += 1;
            return attempts === 1 ? Promise.reject(new PoolError('TEST', 'Not yet.')) : Promise.resolve();
          },
          disconnect: () => Promise.resolve(),
          session: () => ({ close: () => undefined }),
        };
      },
    };
    const backoff = { initialMillis: 3_600_000, maximumMillis: 3_600_000 };
    const pool = teardown.closeLater(new Pool({ lingerMillis: 0, random: () => 0.9, backoff }));
    const lease = pool.acquire(driver, {}, borrower());
    await reached(lease, 'waiting');
    context?.reachable?.();
    await reached(lease, 'connected');
    context?.reachable?.();
    assert.equal(attempts, 2);
    await lease.disconnect();
    context?.reachable?.();
    assert.equal(lease.state.kind, 'idle');
    assert.equal(attempts, 2);
  });
});
