/**
 * Waiting requests of many nodes: those of each in their order, and the nodes by turns, so that the flood of one does not
 * keep the others waiting.
 */
import type { PoolError } from '../../core/errors';
import { type QueueAccount, type QueueItem, SendQueue } from '../../core/send-queue';
import type { QueueView } from '../../core/views';

export class FairQueue<Item extends QueueItem> {
  readonly #onDiscard: (item: Item, error: PoolError) => void;
  /** What goes before all others. */
  readonly #front: SendQueue<Item>;
  readonly #inFront = new WeakSet<Item>();
  readonly #lines = new WeakMap<QueueAccount, SendQueue<Item>>();
  /** Lines with something in them, and some that were emptied since, in a ring: that at `#next` has its turn. */
  #turns: SendQueue<Item>[] = [];
  #next = 0;
  readonly #inTurns = new WeakSet<SendQueue<Item>>();

  /** @param onDiscard told of every item that will never be sent, and why */
  constructor(onDiscard: (item: Item, error: PoolError) => void) {
    this.#onDiscard = onDiscard;
    this.#front = new SendQueue(onDiscard);
  }

  /** Items waiting. */
  get length(): number {
    let length = this.#front.length;
    for (let index = this.#next; index < this.#turns.length; index += 1) length += this.#turns[index]?.length ?? 0;
    return length;
  }

  /** All lines together; undefined if nothing waits. */
  get view(): QueueView | undefined {
    let [waiting, bytes, oldestAt] = [0, 0, Number.POSITIVE_INFINITY];
    for (const { view } of [this.#front, ...this.#turns.slice(this.#next)]) {
      if (!view) continue;
      waiting += view.waiting;
      bytes += view.bytes;
      oldestAt = Math.min(oldestAt, view.oldestAt);
    }
    return waiting > 0 ? { waiting, bytes, oldestAt } : undefined;
  }

  forEach(visit: (item: Item) => void): void {
    for (const line of [this.#front, ...this.#turns.slice(this.#next)]) line.forEach(visit);
  }

  get empty(): boolean {
    return this.#front.length === 0 && this.#next === this.#turns.length;
  }

  /** Takes an item in, or discards it or older ones of the same account, as the account's limits say. */
  offer(item: Item): void {
    let line = this.#lines.get(item.account);
    if (!line) {
      line = new SendQueue(this.#onDiscard);
      this.#lines.set(item.account, line);
    }
    line.offer(item);
    if (line.length === 0 || this.#inTurns.has(line)) return;
    this.#inTurns.add(line);
    this.#turns.push(line);
  }

  /** Puts an item before all others, whatever the limits. */
  offerFirst(item: Item): void {
    this.#inFront.add(item);
    this.#front.putBack([item]);
  }

  /** The next item, without taking it. */
  peek(): Item | undefined {
    const first = this.#front.peek();
    if (first) return first;
    for (;;) {
      const line = this.#turns[this.#next];
      if (!line) return undefined;
      const item = line.peek();
      if (item) return item;
      this.#passOn(line);
    }
  }

  /** Takes the item that `peek` showed. */
  shift(): Item | undefined {
    if (!this.peek()) return undefined;
    if (this.#front.length > 0) return this.#front.shift();
    const line = this.#turns[this.#next];
    const item = line?.shift();
    if (line) this.#passOn(line);
    return item;
  }

  /** The line had its turn; it has another one after all others if there is something left in it. */
  #passOn(line: SendQueue<Item>): void {
    this.#next += 1;
    if (line.length > 0) this.#turns.push(line);
    else this.#inTurns.delete(line);
    if (this.#next < 256 || this.#next * 2 < this.#turns.length) return;
    this.#turns = this.#turns.slice(this.#next);
    this.#next = 0;
  }

  /** Takes an item out, wherever it stands; its sender is not told. */
  remove(item: Item): void {
    const line = this.#inFront.has(item) ? this.#front : this.#lines.get(item.account);
    line?.remove(item);
  }

  /** Discards everything. */
  clear(error: PoolError): void {
    const lines = [this.#front, ...this.#turns.slice(this.#next)];
    for (const line of lines) line.clear(error);
  }
}
