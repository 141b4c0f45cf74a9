/** One reader of a reliable list: what it has handed out, what is to be acknowledged, and when it asks for more. */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { ReaderState, ReadHandlers, RedisItem, RedisReader, ReliableListRequest } from '../reading';
import { isConnectionError } from './connection-errors';
import type { ItemMover } from './item-mover';
import { ProcessingList } from './processing-list';
import { t } from '../../../core/wording';

const DEFAULT_MAX_UNACKNOWLEDGED = 100;
const RETRY_MILLIS = 1000;
/** Acknowledgements in one command, at most. */
const MOST_ACKNOWLEDGEMENTS = 1000;

export interface ReliableReaderOwner {
  /** Items are coming in: worth looking again soon. */
  active(): void;
  /** It is closed, and nothing of it is left to acknowledge. */
  drained(reader: ReliableReader): void;
}

export class ReliableReader implements RedisReader {
  readonly request: ReliableListRequest;
  messages = 0;
  readonly #parts: ConnectionParts;
  readonly #mover: ItemMover;
  readonly #handlers: ReadHandlers;
  readonly #owner: ReliableReaderOwner;
  readonly #most: number;
  readonly #list = new ProcessingList();
  readonly #handedOut = new Set<RedisItem>();
  /** Settled as failed during the present connection. */
  #leftThere: Buffer[] = [];
  /** In the processing list from before, to be delivered first. */
  #backlog: Buffer[] = [];
  #state: ReaderState = { kind: 'pending' };
  #online = false;
  /** Whether the processing list of the present connection has been read. */
  #recovered = false;
  #mayHaveMore = true;
  #busy = false;
  #scheduled = false;
  #working: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** @throws PoolError `REDIS_INVALID_ARGUMENT` */
  constructor(
    request: ReliableListRequest,
    handlers: ReadHandlers,
    parts: ConnectionParts,
    mover: ItemMover,
    owner: ReliableReaderOwner,
  ) {
    const { key, processingKey, maxUnacknowledged = DEFAULT_MAX_UNACKNOWLEDGED } = request;
    if (key === processingKey) {
      throw new PoolError('REDIS_INVALID_ARGUMENT', t`List and processing list are both ${key}; enter two keys.`);
    }
    if (!Number.isSafeInteger(maxUnacknowledged) || maxUnacknowledged < 1) {
      const message = t`The number of unacknowledged items must be a whole number from 1 on.`;
      throw new PoolError('REDIS_INVALID_ARGUMENT', message);
    }
    this.request = request;
    this.#handlers = handlers;
    this.#parts = parts;
    this.#mover = mover;
    this.#owner = owner;
    this.#most = maxUnacknowledged;
  }

  get state(): ReaderState {
    return this.#state;
  }

  get unacknowledged(): number {
    return this.#handedOut.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Could take items and has nothing under way. */
  get idle(): boolean {
    return this.#online && this.#recovered && !this.#working && !this.#retry && this.#room > 0;
  }

  /** The connection is up (again). */
  connected(): void {
    this.#online = true;
    this.#start();
  }

  lost(): void {
    this.#online = false;
    this.#recovered = false;
    this.#leftThere = [];
    this.#clearRetry();
    if (this.#state.kind !== 'pending') this.#change({ kind: 'pending' });
  }

  /** There may be new items. */
  poll(): void {
    this.#mayHaveMore = true;
    this.#start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#backlog = [];
    if (this.#list.waiting > 0) this.#start();
    await this.#working;
    this.#tellDrained();
  }

  /** It is closed and another takes its place, who is given what this one has not settled. */
  retire(): void {
    this.#handedOut.clear();
    if (this.#list.waiting > 0) this.#start();
    this.#tellDrained();
  }

  /** The connection ends for good: what isn't acknowledged by now is delivered again at the next start. */
  abandon(): void {
    this.#online = false;
    this.#clearRetry();
    this.#handedOut.clear();
    const count = this.#list.abandon();
    if (count === 0) return;
    const { key } = this.request;
    const message =
      count === 1
        ? t`An item of ${key} could not be acknowledged before the connection was closed; it is delivered again at the next start.`
        : t`${count} items of ${key} could not be acknowledged before the connection was closed; they are delivered again at the next start.`;
    this.#tell(() => this.#handlers.problem?.(new PoolError('REDIS_NOT_ACKNOWLEDGED', message)));
  }

  /** How many more items may be moved. */
  get #room(): number {
    if (this.#closed || this.#busy || this.#backlog.length > 0) return 0;
    return Math.max(0, this.#most - this.#handedOut.size);
  }

  #start(): void {
    if (this.#working || this.#retry || !this.#online) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      this.#tellDrained();
      // The connection came back while the last command of the old one was failing.
      if (this.#online && !this.#recovered) this.#schedule();
    });
  }

  /** In the next turn, so that what is settled together goes together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  async #work(): Promise<void> {
    try {
      while (this.#online) {
        if (!this.#recovered) await this.#recover();
        this.#deliverBacklog();
        if (this.#list.waiting === 0 && !(this.#mayHaveMore && this.#room > 0)) break;
        await this.#exchange();
      }
      if (this.#online) this.#works();
    } catch (thrown) {
      this.#failed(PoolError.from(thrown));
    }
  }

  async #recover(): Promise<void> {
    const present = await this.#mover.left(this.request);
    const handedOut = [...this.#handedOut].map(({ value }) => value);
    const left = this.#list.reconcile(present, [...handedOut, ...this.#leftThere]);
    this.#backlog = this.#closed ? [] : left;
    this.#recovered = true;
    this.#mayHaveMore = true;
  }

  async #exchange(): Promise<void> {
    const wanted = this.#room;
    const { done, room } = this.#list.next(MOST_ACKNOWLEDGEMENTS, wanted);
    const { items, exhausted, error } = await this.#mover.exchange(this.request, done, room);
    this.#list.exchanged(items);
    if (wanted > 0) this.#mayHaveMore = room === 0 || !exhausted;
    if (this.#closed) await this.#putBack(items.length);
    else this.#deliver(items);
    if (error) throw error;
    this.#works();
  }

  #works(): void {
    if (this.#state.kind !== 'active') this.#change({ kind: 'active' });
  }

  async #putBack(count: number): Promise<void> {
    if (count === 0) return;
    this.#list.movedBack(count);
    await this.#mover.putBack(this.request, count);
  }

  #deliverBacklog(): void {
    if (this.#closed || this.#busy) return;
    const room = this.#most - this.#handedOut.size;
    if (room > 0) this.#deliver(this.#backlog.splice(0, room));
  }

  #deliver(values: readonly Buffer[]): void {
    if (values.length === 0) return;
    const { counters, tracing, seen } = this.#parts;
    seen?.taken('list', this.request.key);
    let bytes = 0;
    for (const { length } of values) bytes += length;
    this.messages += values.length;
    counters.messagesIn += values.length;
    counters.bytesIn += bytes;
    tracing?.received(this.request.key, bytes);
    this.#owner.active();
    const items = values.map((value) => this.#newItem(value));
    const taken = this.#tell(() => this.#handlers.items(items));
    if (!taken) return;
    this.#busy = true;
    const settled = () => {
      this.#busy = false;
      this.#schedule();
    };
    taken.then(settled, settled);
  }

  #newItem(value: Buffer): RedisItem {
    let settling: Promise<void> | undefined;
    const item: RedisItem = {
      key: this.request.key,
      value,
      settle: (outcome) => {
        settling ??= this.#settle(item, outcome);
        return settling;
      },
    };
    this.#handedOut.add(item);
    return item;
  }

  #settle(item: RedisItem, outcome: 'done' | 'failed'): Promise<void> {
    if (!this.#handedOut.delete(item)) return Promise.resolve();
    this.#schedule();
    if (outcome === 'failed') {
      this.#leftThere.push(item.value);
      this.#tellDrained();
      return Promise.resolve();
    }
    return new Promise((taken) => this.#list.acknowledge({ value: item.value, taken }));
  }

  #failed(error: PoolError): void {
    // What the server has done of it is seen when the processing list is read again.
    this.#recovered = false;
    if (isConnectionError(error) && !this.#online) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#start();
    }, RETRY_MILLIS);
    this.#retry.unref();
    const told = this.#state.kind === 'failed' && this.#state.error.message === error.message;
    if (!told && !isConnectionError(error)) this.#change({ kind: 'failed', error });
  }

  #clearRetry(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #tellDrained(): void {
    if (this.#closed && !this.#working && this.#handedOut.size === 0 && this.#list.waiting === 0) {
      this.#clearRetry();
      this.#owner.drained(this);
    }
  }

  #change(state: ReaderState): void {
    if (this.#closed) return;
    this.#state = state;
    this.#tell(() => this.#handlers.state?.(state));
  }

  /** A receiver that throws is its own trouble. */
  #tell<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch {
      return undefined;
    }
  }
}
