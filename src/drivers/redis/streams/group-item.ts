/**
 * Entries of a group in the hands of a receiver. They are kept by the batch, as ids, and not each in a Map: at hundreds
 * of thousands a second that would be a good part of the work.
 */
import type { RedisItem } from '../reading';

const NO_VALUE = Buffer.alloc(0);
const SETTLED = Promise.resolve();

/** Who has handed a batch out. */
export interface BatchOwner {
  readonly key: string;
  /** Called once for each item. */
  settled(batch: HeldBatch, id: string, outcome: 'done' | 'failed'): Promise<void>;
}

export class HeldBatch {
  readonly key: string;
  readonly #owner: BatchOwner;
  /** Of the items not settled, each at its place. */
  readonly #ids: (string | undefined)[] = [];
  #open = 0;

  constructor(owner: BatchOwner) {
    this.key = owner.key;
    this.#owner = owner;
  }

  /** How many items are not settled. */
  get open(): number {
    return this.#open;
  }

  add(id: string, fields: readonly Buffer[], deliveries: number): RedisItem {
    this.#open += 1;
    return new GroupItem(this, this.#ids.push(id) - 1, id, fields, deliveries);
  }

  settle(index: number, outcome: 'done' | 'failed'): Promise<void> {
    const id = this.#ids[index];
    if (id === undefined) return SETTLED;
    this.#ids[index] = undefined;
    this.#open -= 1;
    return this.#owner.settled(this, id, outcome);
  }

  /** Adds the ids of what is not settled. */
  collect(ids: Set<string>): void {
    for (const id of this.#ids) if (id !== undefined) ids.add(id);
  }
}

class GroupItem implements RedisItem {
  readonly id: string;
  readonly fields: readonly Buffer[];
  readonly deliveries: number;
  readonly #batch: HeldBatch;
  readonly #index: number;

  constructor(batch: HeldBatch, index: number, id: string, fields: readonly Buffer[], deliveries: number) {
    this.id = id;
    this.fields = fields;
    this.deliveries = deliveries;
    this.#batch = batch;
    this.#index = index;
  }

  get key(): string {
    return this.#batch.key;
  }

  get value(): Buffer {
    return NO_VALUE;
  }

  settle(outcome: 'done' | 'failed'): Promise<void> {
    return this.#batch.settle(this.#index, outcome);
  }
}

/** An item where nothing is to be settled. */
export function receivedItem(key: string, id: string, fields: readonly Buffer[], deliveries: number): RedisItem {
  return { key, value: NO_VALUE, id, fields, deliveries };
}
