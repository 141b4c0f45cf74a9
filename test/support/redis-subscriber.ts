/** A node that subscribes through the pool, for tests: records what it gets, and what it is told of its state. */
import type { PoolError } from '../../src/core/errors';
import type { Lease, LeaseOptions, ReleaseOptions } from '../../src/core/lease';
import type { Pool } from '../../src/core/pool';
import type { RedisProfile } from '../../src/drivers/redis/profile';
import { redisDriver } from '../../src/drivers/redis/redis-driver';
import type { RedisSession } from '../../src/drivers/redis/session';
import type {
  RedisMessage,
  RedisSubscription,
  SubscribeRequest,
  SubscriptionState,
} from '../../src/drivers/redis/subscribing';
import { borrower } from './fake-driver';
import { waitFor } from './waiting';

export { redisPool, redisProfile as standalone } from './redis-node';

export class RedisSubscriber {
  readonly lease: Lease<RedisSession>;
  /** What it got, with the whole message. */
  readonly messages: RedisMessage[] = [];
  /** The states it was told, over all its subscriptions. */
  readonly states: SubscriptionState['kind'][] = [];

  constructor(pool: Pool, profile: RedisProfile, options: LeaseOptions = {}) {
    this.lease = pool.acquire(redisDriver, profile, borrower(), options);
  }

  get session(): RedisSession {
    return this.lease.session;
  }

  /** Payloads got so far, in order. */
  get payloads(): string[] {
    return this.messages.map(({ payload }) => payload.toString());
  }

  /** `channel payload` of everything got so far; with a pattern `channel payload (pattern)`. */
  get seen(): string[] {
    return this.messages.map(
      ({ channel, payload, pattern }) =>
        `${channel} ${payload.toString()}${pattern === undefined ? '' : ` (${pattern})`}`,
    );
  }

  subscribe(name: string, kind: SubscribeRequest['kind'] = 'channel'): RedisSubscription {
    return this.session.subscribe(
      { kind, name },
      {
        message: (message) => this.messages.push(message),
        state: (state) => this.states.push(state.kind),
      },
    );
  }

  /** Subscribes and settles when the server has confirmed it. */
  async subscribed(name: string, kind: SubscribeRequest['kind'] = 'channel'): Promise<RedisSubscription> {
    const subscription = this.subscribe(name, kind);
    await active(subscription);
    return subscription;
  }

  /** Waits until it has got this payload. */
  async got(payload: string, deadlineMillis?: number): Promise<void> {
    await waitFor(
      () => this.payloads.includes(payload),
      () => `payload ${payload}; it got ${JSON.stringify(this.payloads.slice(-20))}`,
      deadlineMillis,
    );
  }

  async release(options: ReleaseOptions = { linger: false }): Promise<void> {
    await this.lease.release(options);
  }
}

/** Waits until the server has confirmed a subscription. */
export async function active(subscription: RedisSubscription, deadlineMillis?: number): Promise<void> {
  await waitFor(
    () => subscription.state.kind === 'active',
    () => `subscription ${subscription.request.name} to become active; it is ${subscription.state.kind}`,
    deadlineMillis,
  );
}

/** Waits until a subscription is refused and returns why. */
export function refused(subscription: RedisSubscription): Promise<PoolError> {
  return waitFor(
    () => (subscription.state.kind === 'refused' ? subscription.state.error : undefined),
    () => `subscription ${subscription.request.name} to be refused; it is ${subscription.state.kind}`,
  );
}

/** How often a server was asked for each of these commands since it started. */
export async function calls(
  client: { info(section: string): Promise<string> },
  ...commands: readonly string[]
): Promise<Record<string, number>> {
  const stats = await client.info('commandstats');
  return Object.fromEntries(
    commands.map((name) => [name, Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0)]),
  );
}
