/** What a flow node does with a lease, for tests: subscribes, records what it gets, publishes, leaves. */
import type { PoolError } from '../../src/core/errors';
import type { Lease, LeaseOptions, ReleaseOptions } from '../../src/core/lease';
import { Pool, type PoolOptions } from '../../src/core/pool';
import { mqttDriver } from '../../src/drivers/mqtt/mqtt-driver';
import type { MqttProfile } from '../../src/drivers/mqtt/profile';
import type {
  MqttMessage,
  MqttSession,
  MqttSubscription,
  OutgoingMessage,
  SubscribeOptions,
} from '../../src/drivers/mqtt/session';
import { borrower } from './fake-driver';
import type { Teardown } from './teardown';
import { waitFor } from './waiting';

/** A pool that retries fast and doesn't linger, closed after the test. */
export function mqttPool(teardown: Teardown, options: PoolOptions = {}): Pool {
  return teardown.closeLater(
    new Pool({
      lingerMillis: 0,
      backoff: { initialMillis: 10, maximumMillis: 60, refusedMillis: 60, refusedMaximumMillis: 120 },
      ...options,
    }),
  );
}

let ids = 0;

/** A client id nobody else uses. */
export function uniqueId(prefix = 'pooled'): string {
  return `${prefix}-${process.pid}-${++ids}`;
}

export class MqttNode {
  readonly lease: Lease<MqttSession>;
  /** What it got, with the whole message. */
  readonly messages: MqttMessage[] = [];

  constructor(pool: Pool, profile: MqttProfile, options: LeaseOptions = {}) {
    this.lease = pool.acquire(mqttDriver, profile, borrower(), options);
  }

  get session(): MqttSession {
    return this.lease.session;
  }

  /** Payloads got so far, in order. */
  get payloads(): string[] {
    return this.messages.map(({ payload }) => payload.toString());
  }

  /** `payload/qos/retain` of everything got so far, like `on/1/r`. */
  get seen(): string[] {
    return this.messages.map(({ payload, qos, retain }) => `${payload.toString()}/${qos}${retain ? '/r' : ''}`);
  }

  subscribe(filter: string, options: SubscribeOptions = {}): MqttSubscription {
    return this.session.subscribe(filter, options, (message) => this.messages.push(message));
  }

  /** Subscribes and settles when the broker has confirmed it. */
  async subscribed(filter: string, options: SubscribeOptions = {}): Promise<MqttSubscription> {
    const subscription = this.subscribe(filter, options);
    await active(subscription);
    return subscription;
  }

  /** Publishes; settles as the callback says and rejects if it is called twice. */
  publish(message: OutgoingMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      let called = false;
      this.session.publish(message, (error) => {
        if (called) throw new Error('the callback of publish was called twice');
        called = true;
        if (error === undefined) resolve();
        else reject(error);
      });
    });
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

/** Waits until the broker has confirmed a subscription. */
export async function active(subscription: MqttSubscription, deadlineMillis?: number): Promise<void> {
  await waitFor(
    () => subscription.state.kind === 'active',
    () => `subscription ${subscription.filter} to become active; it is ${subscription.state.kind}`,
    deadlineMillis,
  );
}

/** Waits until a subscription is refused and returns why. */
export function refused(subscription: MqttSubscription): Promise<PoolError> {
  return waitFor(
    () => (subscription.state.kind === 'refused' ? subscription.state.error : undefined),
    () => `subscription ${subscription.filter} to be refused; it is ${subscription.state.kind}`,
  );
}
