/**
 * The public API: borrow the connections that the nodes of this process share, from a Function node (module import or
 * `functionGlobalContext`) or from another package.
 *
 * @example
 * const lease = getPool().acquire('mqtt', { brokers: ['mqtt://localhost'] }, { id: 'my-code', type: 'function' });
 * lease.session.publish({ topic: 'a/b', payload: 'hello' }, (error) => { … });
 * await lease.release();
 */
import type { Driver, DriverSession } from './core/driver';
import { getPool } from './runtime/process-pool';

export type { BackoffOptions } from './core/backoff';
export type { ConnectionState, ConnectionStateKind } from './core/connection-state';
export type { Counters, CountersSnapshot } from './core/counters';
export type {
  ConnectionContext,
  Driver,
  DriverConnection,
  DriverSession,
  QueueLimits,
  QueueOverflow,
  SessionOptions,
} from './core/driver';
export { type CoreErrorCode, type ErrorKind, PoolError } from './core/errors';
export type { LatencyHistogram, LatencySnapshot } from './core/latency';
export type { Borrower, Lease, LeaseOptions, ReleaseOptions, StateListener } from './core/lease';
export { Pool, type PoolOptions } from './core/pool';
export type { ChangeListener, PoolChange } from './core/pool-changes';
export type { ConnectionSnapshot, PoolSnapshot, StateSnapshot } from './core/snapshot';
export { type TestResult, testProfile } from './core/test-profile';
export type { TestStep, TestStepName } from './core/test-steps';
export type { ConnectionTracing, LeaseEvent, MessageEvent, StateEvent, TracedConnection } from './core/tracing';
export { httpDriver } from './drivers/http/http-driver';
export type * from './drivers/http/profile';
export type * from './drivers/http/session';
export { mqttDriver } from './drivers/mqtt/mqtt-driver';
export type * from './drivers/mqtt/profile';
export type * from './drivers/mqtt/session';
export type { RedisAddress, RedisEndpoint, RedisProfile, RedisTls, ResendPolicy } from './drivers/redis/profile';
export type * from './drivers/redis/reading';
export { redisDriver } from './drivers/redis/redis-driver';
export type * from './drivers/redis/session';
export type {
  RedisMessage,
  RedisSubscription,
  SubscribeHandlers,
  SubscribeRequest,
  SubscriptionState as RedisSubscriptionState,
} from './drivers/redis/subscribing';
export * from './edgex';
export { getPool } from './runtime/process-pool';

/** Makes another connection type known to the pool of this process, for `acquire` by its name. */
export function registerDriver<Profile, Session extends DriverSession>(driver: Driver<Profile, Session>): void {
  getPool().registerDriver(driver);
}
