/** What a flow node does with a lease on Redis, for tests: sends commands and keeps what came of them. */
import type { PoolError } from '../../src/core/errors';
import type { Lease, LeaseOptions } from '../../src/core/lease';
import { Pool, type PoolOptions } from '../../src/core/pool';
import type { RedisProfile } from '../../src/drivers/redis/profile';
import { redisDriver } from '../../src/drivers/redis/redis-driver';
import type { RedisArgument, RedisReply, RedisSession, SendOptions } from '../../src/drivers/redis/session';
import { borrower } from './fake-driver';
import type { Teardown } from './teardown';

/** A pool that retries fast and doesn't linger, closed after the test. */
export function redisPool(teardown: Teardown, options: PoolOptions = {}): Pool {
  return teardown.closeLater(
    new Pool({
      lingerMillis: 0,
      backoff: { initialMillis: 10, maximumMillis: 60, refusedMillis: 60, refusedMaximumMillis: 120 },
      ...options,
    }),
  );
}

/** The profile of a server at this loopback port. */
export function redisProfile(port: number, settings: Partial<RedisProfile> = {}): RedisProfile {
  return { endpoint: { kind: 'standalone', host: '127.0.0.1', port }, ...settings };
}

export class RedisNode {
  readonly lease: Lease<RedisSession>;

  constructor(pool: Pool, profile: RedisProfile, options: LeaseOptions = {}) {
    this.lease = pool.acquire(redisDriver, profile, borrower(), options);
  }

  get session(): RedisSession {
    return this.lease.session;
  }

  run(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    return this.session.run({ name, args });
  }

  /** The error of a command that has to fail. */
  async fails(name: string, args: readonly RedisArgument[], options: SendOptions = {}): Promise<PoolError> {
    let reply: RedisReply;
    try {
      reply = await this.session.run({ name, args }, options);
    } catch (thrown) {
      return thrown as PoolError;
    }
    throw new Error(`${name} should have failed; it answered ${JSON.stringify(reply)}`);
  }
}
