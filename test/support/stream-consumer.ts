/** A node that reads streams through the pool, for tests: records what it gets, and settles it as the test wants. */
import type { PoolError } from '../../src/core/errors';
import type { Lease, LeaseOptions } from '../../src/core/lease';
import type { Pool } from '../../src/core/pool';
import type { RedisProfile } from '../../src/drivers/redis/profile';
import type { GroupRequest, ReaderState, RedisItem, RedisReader, StreamRequest } from '../../src/drivers/redis/reading';
import { redisDriver } from '../../src/drivers/redis/redis-driver';
import type { RedisSession } from '../../src/drivers/redis/session';
import { borrower } from './fake-driver';
import { waitFor, waitForAsync } from './waiting';

/** What becomes of an entry: settled at once, or left in hand. */
export type Decision = 'done' | 'failed' | 'keep';

export class StreamConsumer {
  readonly lease: Lease<RedisSession>;
  readonly items: RedisItem[] = [];
  readonly batches: number[] = [];
  readonly states: ReaderState[] = [];
  readonly problems: PoolError[] = [];
  decide: (item: RedisItem) => Decision = () => 'done';
  /** Holds the next batch back while it is pending. */
  gate: Promise<void> | undefined;

  constructor(pool: Pool, profile: RedisProfile, options: LeaseOptions = {}) {
    this.lease = pool.acquire(redisDriver, profile, borrower(), options);
  }

  /** The values of the field `n` of everything got so far, in order. */
  get numbers(): number[] {
    return this.items.map(numberOf);
  }

  get codes(): string[] {
    return this.problems.map(({ code }) => code);
  }

  read(request: StreamRequest | GroupRequest): RedisReader {
    return this.lease.session.read(request, {
      items: (items) => {
        this.items.push(...items);
        this.batches.push(items.length);
        for (const item of items) {
          const decision = this.decide(item);
          if (decision !== 'keep') void item.settle?.(decision);
        }
        return this.gate;
      },
      state: (state) => this.states.push(state),
      problem: (problem) => this.problems.push(problem),
    });
  }

  /** Reads and settles when it does so. */
  async reading(request: StreamRequest | GroupRequest): Promise<RedisReader> {
    const reader = this.read(request);
    await inState(reader, 'active');
    return reader;
  }

  async got(count: number, deadlineMillis?: number): Promise<void> {
    await waitFor(
      () => this.items.length >= count,
      () => `${count} entries; it got ${this.items.length}: ${JSON.stringify(this.numbers.slice(-20))}`,
      deadlineMillis,
    );
  }
}

/** A request with what a test does not care about filled in. */
export function group(rest: Partial<GroupRequest> = {}): GroupRequest {
  return { kind: 'group', key: 'orders', group: 'workers', consumer: 'one', ...rest };
}

export function numberOf({ fields = [] }: RedisItem): number {
  const at = fields.findIndex((field, index) => index % 2 === 0 && field.toString() === 'n');
  return Number(fields[at + 1]?.toString());
}

export async function inState(reader: RedisReader, kind: ReaderState['kind'], deadlineMillis?: number): Promise<void> {
  await waitFor(
    () => reader.state.kind === kind,
    () => `the reader of ${reader.request.key} to be ${kind}; it is ${reader.state.kind}`,
    deadlineMillis,
  );
}

/** Adds entries with the field `n` from `first` to `last`. */
export async function addNumbers(
  client: { xadd(key: string, id: '*', field: string, value: number): Promise<unknown> },
  key: string,
  first: number,
  last: number,
): Promise<void> {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  await Promise.all(numbers.map((number) => client.xadd(key, '*', 'n', number)));
}

/** The whole numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** How many entries of a group are delivered and not acknowledged. */
export async function pendingCount(
  client: { xpending(key: string, group: string): Promise<unknown[]> },
  key = 'orders',
  name = 'workers',
): Promise<number> {
  return Number((await client.xpending(key, name))[0]);
}

/** Waits until everything delivered is acknowledged. */
export async function allAcknowledged(client: Parameters<typeof pendingCount>[0], deadlineMillis?: number) {
  await waitForAsync(async () => (await pendingCount(client)) === 0, 'every entry to be acknowledged', deadlineMillis);
}
