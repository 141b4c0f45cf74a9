/**
 * What can't be sent now, in the order it was given, within limits of each sender's own: one sender's flood never
 * pushes out what another has waiting.
 */
import type { QueueLimits } from './driver';
import { PoolError } from './errors';
import type { QueueView } from './views';
import { t } from './wording';

/** One thing to send. */
export interface QueueItem {
  readonly account: QueueAccount;
  readonly bytes: number;
  /** Set by the queue when the item was dropped; it is passed over. */
  discarded: boolean;
  /** Milliseconds since the epoch; set by the queue. */
  queuedAt: number;
}

/** What one sender has in the queue. */
export class QueueAccount {
  limits: QueueLimits;
  count = 0;
  bytes = 0;

  constructor(limits: QueueLimits) {
    this.limits = limits;
  }
}

export class SendQueue<Item extends QueueItem> {
  #items: Item[] = [];
  #head = 0;
  #live = 0;
  #bytes = 0;
  /** Dropped items still in the list. */
  #dead = 0;
  #ageTimer: NodeJS.Timeout | undefined;
  readonly #onDiscard: (item: Item, error: PoolError) => void;

  /** @param onDiscard told of every item that will never be sent, and why */
  constructor(onDiscard: (item: Item, error: PoolError) => void) {
    this.#onDiscard = onDiscard;
  }

  /** Items waiting. */
  get length(): number {
    return this.#live;
  }

  /** What is in it, for those who look; undefined if nothing is. */
  get view(): (QueueView & { readonly bytes: number; readonly oldestAt: number }) | undefined {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item && !item.discarded) return { waiting: this.#live, bytes: this.#bytes, oldestAt: item.queuedAt };
    }
    return undefined;
  }

  /** Takes an item in, or discards it or older ones of the same account, as the account's limits say. */
  offer(item: Item): void {
    const { account } = item;
    const { maxBytes, maxCount, overflow } = account.limits;
    if (item.bytes > maxBytes || maxCount < 1) return this.#onDiscard(item, fullError(account, item.bytes));
    while (account.count + 1 > maxCount || account.bytes + item.bytes > maxBytes) {
      const oldest = overflow === 'drop-oldest' ? this.#oldestOf(account) : undefined;
      if (!oldest) return this.#onDiscard(item, fullError(account, item.bytes));
      this.#drop(
        oldest,
        'QUEUE_DROPPED',
        t`The message was dropped to make room for a newer one: the queue of this node is full.`,
      );
    }
    this.#put(item);
    this.#items.push(item);
  }

  /** Puts items back in front, in their order, whatever the limits: they had left the queue already. */
  putBack(items: readonly Item[]): void {
    for (const item of items) this.#put(item);
    this.#items = [...items, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  /** The next item, without taking it. */
  peek(): Item | undefined {
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head];
      if (!item || item.discarded) this.#advance();
      else if (!this.#expired(item, Date.now())) return item;
    }
    return undefined;
  }

  /** Takes the item that `peek` showed. */
  shift(): Item | undefined {
    const item = this.peek();
    if (!item) return undefined;
    this.#advance();
    this.#leave(item);
    return item;
  }

  /** Takes an item out, wherever it stands; its sender is not told. */
  remove(item: Item): void {
    if (item.discarded) return;
    item.discarded = true;
    this.#leave(item);
    this.#dead += 1;
    if (this.#dead > 1_024 && this.#dead > this.#live) this.#compact();
  }

  /** Takes out all that one sender has waiting, in order; it is not told. */
  withdraw(account: QueueAccount): Item[] {
    const items: Item[] = [];
    this.forEach((item) => {
      if (item.account === account) items.push(item);
    });
    for (const item of items) this.remove(item);
    return items;
  }

  forEach(visit: (item: Item) => void): void {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item && !item.discarded) visit(item);
    }
  }

  /** Discards everything. */
  clear(error: PoolError): void {
    const items = this.#items.slice(this.#head).filter((item) => !item.discarded);
    this.#items = [];
    this.#head = 0;
    clearTimeout(this.#ageTimer);
    this.#ageTimer = undefined;
    for (const item of items) {
      this.#leave(item);
      item.discarded = true;
    }
    for (const item of items) this.#onDiscard(item, error);
  }

  #put(item: Item): void {
    item.account.count += 1;
    item.account.bytes += item.bytes;
    item.queuedAt ||= Date.now();
    this.#live += 1;
    this.#bytes += item.bytes;
    if (item.account.limits.maxAgeMillis > 0) this.#planExpiry(item.account.limits.maxAgeMillis);
  }

  #leave(item: Item): void {
    item.account.count -= 1;
    item.account.bytes -= item.bytes;
    this.#live -= 1;
    this.#bytes -= item.bytes;
  }

  /** Frees what was dropped from the middle. */
  #compact(): void {
    this.#items = this.#items.slice(this.#head).filter((item) => !item.discarded);
    this.#head = 0;
    this.#dead = 0;
  }

  #advance(): void {
    if (this.#items[this.#head]?.discarded) this.#dead -= 1;
    this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  #oldestOf(account: QueueAccount): Item | undefined {
    if (account.count === 0) return undefined;
    while (this.#items[this.#head]?.discarded) this.#advance();
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item && !item.discarded && item.account === account) return item;
    }
    return undefined;
  }

  #drop(item: Item, code: 'QUEUE_DROPPED' | 'QUEUE_EXPIRED', text: string): void {
    item.discarded = true;
    this.#leave(item);
    this.#dead += 1;
    if (this.#dead > 1_024 && this.#dead > this.#live) this.#compact();
    this.#onDiscard(item, new PoolError(code, text));
  }

  /** Whether an item is too old; drops it if so. */
  #expired(item: Item, now: number): boolean {
    const { maxAgeMillis } = item.account.limits;
    if (maxAgeMillis <= 0 || now - item.queuedAt < maxAgeMillis) return false;
    const text = t`The message was given up after waiting ${maxAgeMillis / 1000} s for the connection.`;
    this.#drop(item, 'QUEUE_EXPIRED', text);
    return true;
  }

  #planExpiry(afterMillis: number): void {
    if (this.#ageTimer) return;
    this.#ageTimer = setTimeout(() => {
      this.#ageTimer = undefined;
      for (const item of this.#items.slice(this.#head)) if (!item.discarded) this.#expired(item, Date.now());
      this.#compact();
      const ages = this.#items
        .slice(this.#head)
        .filter((item) => !item.discarded && item.account.limits.maxAgeMillis > 0)
        .map((item) => item.queuedAt + item.account.limits.maxAgeMillis);
      if (ages.length > 0) this.#planExpiry(Math.max(10, ages.reduce((a, b) => Math.min(a, b)) - Date.now()));
    }, afterMillis);
    this.#ageTimer.unref();
  }
}

function fullError({ count, bytes, limits }: QueueAccount, more: number): PoolError {
  const { maxCount, maxBytes, overflow } = limits;
  if (overflow === 'refuse') {
    const text = t`The queue of this node is full: ${count} messages, ${bytes} bytes are waiting, ${more} more are too many; the limit is ${maxCount} messages, ${maxBytes} bytes.`;
    return new PoolError('QUEUE_FULL', text);
  }
  const text = t`The message was dropped: ${count} messages, ${bytes} bytes are waiting; the limit is ${maxCount} messages, ${maxBytes} bytes.`;
  return new PoolError('QUEUE_DROPPED', text);
}
