/** An entry of a group in the hands of a receiver. */
import type { RedisItem } from '../reading';

const NO_VALUE = Buffer.alloc(0);

/** Who has handed it out. */
export interface ItemOwner {
  settled(item: GroupItem, outcome: 'done' | 'failed'): Promise<void>;
}

export class GroupItem implements RedisItem {
  readonly key: string;
  readonly value = NO_VALUE;
  readonly id: string;
  readonly fields: readonly Buffer[];
  readonly deliveries: number;
  readonly #owner: ItemOwner;

  constructor(key: string, id: string, fields: readonly Buffer[], deliveries: number, owner: ItemOwner) {
    this.key = key;
    this.id = id;
    this.fields = fields;
    this.deliveries = deliveries;
    this.#owner = owner;
  }

  settle(outcome: 'done' | 'failed'): Promise<void> {
    return this.#owner.settled(this, outcome);
  }
}

/** The same where nothing is to be settled. */
export function receivedItem(key: string, id: string, fields: readonly Buffer[], deliveries: number): RedisItem {
  return { key, value: NO_VALUE, id, fields, deliveries };
}
