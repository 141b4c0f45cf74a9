/** The way of the subscriptions to the broker. */
import type { WireOptions } from './subscribe-plan';

/** What the table needs of the wire. Answers arrive by callback, or never if the connection breaks. */
export interface SubscriptionWire {
  /** @param answered reason codes in the order of the filters; 0x80 and above are refusals */
  subscribe(
    filters: readonly string[],
    options: WireOptions,
    identifier: number | undefined,
    answered: (codes: readonly number[]) => void,
  ): void;
  unsubscribe(filters: readonly string[], answered: () => void): void;
}
