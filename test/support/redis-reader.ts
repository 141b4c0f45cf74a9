/** A node that reads lists or sorted sets through the pool, for tests: records what it gets and its states. */
import type { PoolError } from '../../src/core/errors';
import type { Lease } from '../../src/core/lease';
import type { Pool } from '../../src/core/pool';
import type { RedisProfile } from '../../src/drivers/redis/profile';
import type { ReadRequest, RedisItem, RedisReader } from '../../src/drivers/redis/reading';
import { redisDriver } from '../../src/drivers/redis/redis-driver';
import type { RedisSession } from '../../src/drivers/redis/session';
import { borrower } from './fake-driver';
import { waitFor } from './waiting';

export class ReadingNode {
  readonly lease: Lease<RedisSession>;
  readonly reader: RedisReader;
  /** Batch by batch. */
  readonly batches: (readonly RedisItem[])[] = [];
  /** The states told so far; a failure with its code. */
  readonly states: string[] = [];
  readonly problems: PoolError[] = [];

  /** @param take called for each batch, after it is recorded */
  constructor(
    pool: Pool,
    profile: RedisProfile,
    request: ReadRequest,
    take: (items: readonly RedisItem[]) => void | Promise<void> = () => {},
  ) {
    this.lease = pool.acquire(redisDriver, profile, borrower());
    this.reader = this.lease.session.read(request, {
      items: (items) => {
        this.batches.push(items);
        return take(items);
      },
      state: (state) => this.states.push(state.kind === 'failed' ? state.error.code : state.kind),
      problem: (error) => this.problems.push(error),
    });
  }

  get items(): readonly RedisItem[] {
    return this.batches.flat();
  }

  /** Values got so far, in order. */
  get values(): string[] {
    return this.items.map(({ value }) => value.toString());
  }

  async active(deadlineMillis?: number): Promise<void> {
    await waitFor(
      () => this.reader.state.kind === 'active',
      () => `the reader of ${this.reader.request.key} to be active; it is ${JSON.stringify(this.reader.state)}`,
      deadlineMillis,
    );
  }

  /** Waits until it fails and returns why. */
  failed(): Promise<PoolError> {
    return waitFor(
      () => (this.reader.state.kind === 'failed' ? this.reader.state.error : undefined),
      () => `the reader of ${this.reader.request.key} to fail; it is ${this.reader.state.kind}`,
    );
  }

  /** Waits until it has got so many items. */
  async got(count: number, deadlineMillis?: number): Promise<void> {
    await waitFor(
      () => this.items.length >= count,
      () => `${count} items of ${this.reader.request.key}; it has ${JSON.stringify(this.values.slice(-20))}`,
      deadlineMillis,
    );
  }

  /** Stops reading and gives the connection back. */
  async stop(): Promise<void> {
    await this.reader.close();
    await this.lease.release({ linger: false });
  }
}
