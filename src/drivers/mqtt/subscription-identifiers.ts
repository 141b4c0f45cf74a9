/**
 * Subscription identifiers (MQTT 5.0, 3.8.2.1.2): numbers from 1 to 268,435,455. In a clean session they are counted;
 * in a persistent one they are made from the filter, so that the next process still knows what the broker marks with
 * the identifiers of this one.
 */
import { createHash } from 'node:crypto';

const HIGHEST = 268_435_455;
/** Low bits that tell repeated SUBSCRIBEs of one filter apart. */
const ROUND_BITS = 4;
const ROUNDS = 2 ** ROUND_BITS;

export class SubscriptionIdentifiers {
  #count = 0;

  /** @param filters the filters of one packet; just one in a persistent session */
  next(filters: readonly string[], persistent: boolean): number {
    this.#count = (this.#count % HIGHEST) + 1;
    const [only] = filters;
    if (!persistent || only === undefined) return this.#count;
    return stableGroup(only) * ROUNDS + (this.#count % ROUNDS);
  }
}

/** Whether an identifier was made for the filter of this group, by this process or an earlier one. */
export function isOfStableGroup(identifier: number, group: number): boolean {
  return identifier >>> ROUND_BITS === group;
}

export function stableGroup(filter: string): number {
  // Never 0, which with round 0 would be the forbidden identifier 0.
  return (createHash('sha256').update(filter).digest().readUInt32BE(0) >>> (4 + ROUND_BITS)) | 1;
}
