/** One reader of a list or sorted set, as its borrower sees it, with what the shared popping must know about it. */
import { PoolError } from '../../../core/errors';
import type { ListRequest, ReaderState, ReadHandlers, RedisItem, RedisReader, SortedSetRequest } from '../reading';
import { type PoppedItem, scoreOf } from './pop-commands';
import { t } from '../../../core/wording';

export type PopRequest = ListRequest | SortedSetRequest;

/** Who pops for the readers. */
export interface ReaderOwner {
  /** The reader can take items (again), or has one reason less to be looked after. */
  changed(): void;
  /** It takes no more; settles when what was popped for it has been put back. */
  closing(reader: PoppingReader): Promise<void>;
}

const DEFAULT_COUNT = 100;
const RETRY_MILLIS = 1000;

export class PoppingReader implements RedisReader {
  readonly request: PopRequest;
  /** Items per batch, at most. */
  readonly count: number;
  /** The key as the server gives it back. */
  readonly key: string;
  /** There may be items waiting: it is asked for alone rather than with others. */
  hot = true;
  messages = 0;
  /** Nothing is to be acknowledged. */
  readonly unacknowledged = 0;
  readonly #handlers: ReadHandlers;
  readonly #owner: ReaderOwner;
  #state: ReaderState = { kind: 'pending' };
  #busy = false;
  #retry: NodeJS.Timeout | undefined;
  #underWay = false;
  #landed: (() => void)[] = [];
  #closing: Promise<void> | undefined;

  /** @throws PoolError `REDIS_INVALID_ARGUMENT` */
  constructor(request: PopRequest, handlers: ReadHandlers, owner: ReaderOwner) {
    const { key, count = DEFAULT_COUNT } = request;
    if (typeof key !== 'string')
      throw new PoolError('REDIS_INVALID_ARGUMENT', t`The key to read is no text; enter a key.`);
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new PoolError('REDIS_INVALID_ARGUMENT', t`The number of items per batch must be a whole number from 1 on.`);
    }
    this.request = request;
    this.count = count;
    this.key = Buffer.from(key).toString();
    this.#handlers = handlers;
    this.#owner = owner;
  }

  get state(): ReaderState {
    return this.#state;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Its receiver still works on the last batch. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Items may be popped for it now. */
  get free(): boolean {
    return !this.#busy && !this.closed && this.#retry === undefined;
  }

  /** A command that may pop for it is under way, until `landed` is called. */
  get underWay(): boolean {
    return this.#underWay;
  }

  departed(): void {
    this.#underWay = true;
  }

  /** The command has ended, and everything it popped is delivered or put back. */
  landed(): void {
    this.#underWay = false;
    for (const settle of this.#landed.splice(0)) settle();
  }

  /** Settles when no command may pop for it any more. */
  untilLanded(): Promise<void> {
    return this.#underWay ? new Promise((resolve) => this.#landed.push(resolve)) : Promise.resolve();
  }

  /** The key could be read. */
  works(): void {
    if (this.#state.kind !== 'active') this.#change({ kind: 'active' });
  }

  /** There is no connection to read with. */
  pending(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.hot = true;
    if (this.#state.kind !== 'pending') this.#change({ kind: 'pending' });
  }

  /** Its key can't be read; it is tried again after a second. */
  failed(error: PoolError): void {
    const told = this.#state.kind === 'failed' && this.#state.error.message === error.message;
    if (this.closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.hot = true;
      this.#owner.changed();
    }, RETRY_MILLIS);
    this.#retry.unref();
    if (!told) this.#change({ kind: 'failed', error });
  }

  deliver(items: readonly PoppedItem[]): void {
    this.messages += items.length;
    const { key } = this.request;
    const read = items.map(
      ({ value, score }): RedisItem => (score === undefined ? { key, value } : { key, value, score: scoreOf(score) }),
    );
    let taken: void | Promise<void>;
    try {
      taken = this.#handlers.items(read);
    } catch {
      // A receiver that throws has had its items all the same.
      return;
    }
    if (!taken) return;
    this.#busy = true;
    const settled = () => {
      this.#busy = false;
      this.#owner.changed();
    };
    taken.then(settled, settled);
  }

  close(): Promise<void> {
    if (this.#closing) return this.#closing;
    clearTimeout(this.#retry);
    // Closed from here on, and only then told.
    let settle = (_promise: Promise<void>) => {};
    this.#closing = new Promise((resolve) => {
      settle = (promise) => resolve(promise);
    });
    settle(this.#owner.closing(this));
    return this.#closing;
  }

  #change(state: ReaderState): void {
    if (this.closed) return;
    this.#state = state;
    try {
      this.#handlers.state?.(state);
    } catch {
      // The receiver's own trouble.
    }
  }
}
