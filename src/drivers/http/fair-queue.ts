/**
 * Waiting requests of many nodes: those of each in their order, and the nodes by turns, so that the flood of one does not
 * keep the others waiting.
 */
import type { PoolError } from '../../core/errors';
import { type QueueAccount, type QueueItem, SendQueue } from '../../core/send-queue';

export class FairQueue<Item extends QueueItem> {
  readonly #onDiscard: (item: Item, error: PoolError) => void;
  /** What goes before all others. */
  readonly #front: SendQueue<Item>;
  readonly #inFront = new WeakSet<Item>();
  readonly #lines = new WeakMap<QueueAccount, SendQueue<Item>>();
  /** Lines with something in them; the first has its turn. */
  readonly #turns = new Set<SendQueue<Item>>();

  /** @param onDiscard told of every item that will never be sent, and why */
  constructor(onDiscard: (item: Item, error: PoolError) => void) {
    this.#onDiscard = onDiscard;
    this.#front = new SendQueue(onDiscard);
  }

  /** Items waiting. */
  get length(): number {
    let length = this.#front.length;
    for (const line of this.#turns) length += line.length;
    return length;
  }

  get empty(): boolean {
    return this.#front.length === 0 && this.#turns.size === 0;
  }

  /** Takes an item in, or discards it or older ones of the same account, as the account's limits say. */
  offer(item: Item): void {
    let line = this.#lines.get(item.account);
    if (!line) {
      line = new SendQueue(this.#onDiscard);
      this.#lines.set(item.account, line);
    }
    line.offer(item);
    if (line.length > 0) this.#turns.add(line);
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
    for (const line of this.#turns) {
      const item = line.peek();
      if (item) return item;
      this.#turns.delete(line);
    }
    return undefined;
  }

  /** Takes the item that `peek` showed. */
  shift(): Item | undefined {
    if (this.#front.peek()) return this.#front.shift();
    for (const line of this.#turns) {
      const item = line.shift();
      this.#turns.delete(line);
      if (line.length > 0) this.#turns.add(line);
      if (item) return item;
    }
    return undefined;
  }

  /** Takes an item out, wherever it stands; its sender is not told. */
  remove(item: Item): void {
    const line = this.#inFront.has(item) ? this.#front : this.#lines.get(item.account);
    line?.remove(item);
    if (line && line.length === 0) this.#turns.delete(line);
  }

  /** Discards everything. */
  clear(error: PoolError): void {
    const lines = [this.#front, ...this.#turns];
    this.#turns.clear();
    for (const line of lines) line.clear(error);
  }
}
