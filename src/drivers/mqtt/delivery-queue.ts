/**
 * The messages of one QoS that are not acknowledged, in order of arrival, which is the order of their acknowledgements
 * (MQTT 5.0 and 3.1.1, 4.6), with one exception: a message that somebody keeps for more than a second holds up his own
 * acknowledgements, not those of the others on the connection. Else the broker would soon stop sending to all of them.
 */
import type { Delivery, Holder } from './delivery';

/** How long a message may hold up the acknowledgements of others. */
export const PATIENCE_MILLIS = 1_000;

export class DeliveryQueue {
  readonly #acknowledge: (delivery: Delivery) => void;
  #head: Delivery | undefined;
  #tail: Delivery | undefined;
  #timer: NodeJS.Timeout | undefined;
  #planned = false;

  /** @param acknowledge told each message whose turn it is, once */
  constructor(acknowledge: (delivery: Delivery) => void) {
    this.#acknowledge = acknowledge;
  }

  push(delivery: Delivery): void {
    delivery.next = undefined;
    if (this.#tail) this.#tail.next = delivery;
    else this.#head = delivery;
    this.#tail = delivery;
  }

  /** Something in it may have been settled. */
  flush(): void {
    while (this.#head?.isSettled) {
      const delivery = this.#head;
      this.#head = delivery.next;
      if (!this.#head) this.#tail = undefined;
      this.#acknowledge(delivery);
    }
    if (!this.#head || this.#head === this.#tail || this.#planned) return;
    // All that is settled in this turn is looked at together.
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#overtake();
    });
  }

  clear(): void {
    this.#head = this.#tail = undefined;
    clearTimeout(this.#timer);
  }

  /** Acknowledges what waits only behind messages that others have kept for too long. */
  #overtake(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    /** Who has something unacknowledged so far, and must stay in order. */
    const behind = new Set<Holder>();
    let previous: Delivery | undefined;
    for (let delivery = this.#head; delivery; delivery = delivery.next) {
      const { holders, isSettled } = delivery;
      if (isSettled && !holders.some((holder) => behind.has(holder))) {
        this.#takeOut(delivery, previous);
        this.#acknowledge(delivery);
        continue;
      }
      const age = now - delivery.receivedAt;
      // Who is slow with one message is not waited for with the next.
      if (!isSettled && age < PATIENCE_MILLIS && !holders.every((holder) => behind.has(holder))) {
        this.#lookAgainIn(PATIENCE_MILLIS - age);
        return;
      }
      for (const holder of holders) behind.add(holder);
      previous = delivery;
    }
  }

  #takeOut(delivery: Delivery, previous: Delivery | undefined): void {
    if (previous) previous.next = delivery.next;
    else this.#head = delivery.next;
    if (this.#tail === delivery) this.#tail = previous;
  }

  #lookAgainIn(millis: number): void {
    this.#timer = setTimeout(() => this.#overtake(), millis);
    this.#timer.unref();
  }
}
