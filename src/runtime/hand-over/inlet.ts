/**
 * The way from a source's connection into its flow. It stands open while the flows run. While the node is closed, and while
 * the nodes it is wired to are still being made, what arrives waits here, within limits, and then goes first, in order.
 *
 * How a source uses it: give everything that arrives to `push`; `hold` when the node is parked; in the handler `inherit`,
 * `takeOver` from the inlet of the predecessor.
 */
import type { HandOver } from './hand-over';

/** What may wait, per source. */
export const INLET_LIMITS = { maxCount: 10_000, maxBytes: 16 * 1024 * 1024 } as const;

export interface InletParts<Item> {
  readonly handOver: HandOver;
  /** Sends one item into the flow. Must not throw. */
  readonly deliver: (item: Item) => void;
  /** What an item counts for, in bytes. */
  readonly sizeOf: (item: Item) => number;
  /** Told once after each pause of how many of the oldest went, because more came than may wait. */
  readonly overflowed: (dropped: number) => void;
  /** What must not be dropped, because somebody else limits it. @default nothing */
  readonly keeps?: (item: Item) => boolean;
  /** @default INLET_LIMITS */
  readonly limits?: { readonly maxCount: number; readonly maxBytes: number };
}

export class Inlet<Item> {
  readonly #parts: InletParts<Item>;
  #waiting: Item[] = [];
  #bytes = 0;
  #dropped = 0;
  /** Nodes are still being made. */
  #starting: boolean;
  #parked = false;
  #successor: Inlet<Item> | undefined;

  constructor(parts: InletParts<Item>) {
    this.#parts = parts;
    this.#starting = parts.handOver.starting;
    if (this.#starting) parts.handOver.onceStarted(() => this.#open());
  }

  /** Items that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether what arrives waits, rather than going into the flow at once. */
  get held(): boolean {
    return this.#starting || this.#parked;
  }

  push(item: Item): void {
    if (this.#successor) return this.#successor.push(item);
    if (!this.held && this.#waiting.length === 0) return this.#parts.deliver(item);
    this.#add(item);
  }

  /** The node is closed: from now on everything waits for its successor. */
  hold(): void {
    this.#parked = true;
  }

  /** What waits there goes before everything here, and what still arrives there comes here. */
  takeOver(former: Inlet<Item>): void {
    const here = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.#dropped += former.#dropped;
    for (const item of [...former.#waiting, ...here]) this.#add(item);
    former.#successor = this;
    former.clear();
    if (!this.held) this.#flush();
  }

  /** The node doesn't come back. Returns what waited. */
  clear(): readonly Item[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.#dropped = 0;
    return waiting;
  }

  #add(item: Item): void {
    this.#waiting.push(item);
    this.#bytes += this.#parts.sizeOf(item);
    for (let index = 0; this.#overflows && index < this.#waiting.length; ) {
      const oldest = this.#waiting[index] as Item;
      if (this.#parts.keeps?.(oldest)) {
        index += 1;
        continue;
      }
      this.#waiting.splice(index, 1);
      this.#bytes -= this.#parts.sizeOf(oldest);
      this.#dropped += 1;
    }
  }

  get #overflows(): boolean {
    const { maxCount, maxBytes } = this.#parts.limits ?? INLET_LIMITS;
    return this.#waiting.length > maxCount || (this.#bytes > maxBytes && this.#waiting.length > 1);
  }

  #open(): void {
    this.#starting = false;
    if (!this.held && !this.#successor) this.#flush();
  }

  #flush(): void {
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#parts.overflowed(dropped);
    // What arrives meanwhile is added behind.
    for (let index = 0; index < this.#waiting.length; index += 1) this.#parts.deliver(this.#waiting[index] as Item);
    this.clear();
  }
}
