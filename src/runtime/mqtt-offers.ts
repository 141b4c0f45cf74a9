/**
 * What a source that is told its topics by messages was subscribed to before a deploy. It doesn't count as subscribed any
 * more, but goes on for the linger time: if the flow subscribes to it again, as flows do when they start, nothing has
 * been missed. Until then, what comes waits here.
 */
import { INLET_LIMITS } from './hand-over/inlet';

/** A subscription that may be wanted again. */
export interface Offer<Subscription, Arrival> {
  readonly subscription: Subscription;
  readonly waiting: Arrival[];
}

export interface OfferParts<Subscription, Arrival> {
  /** How long an offer stands, in milliseconds. */
  readonly lingerMillis: () => number;
  /** Ends what nobody has asked for. Must not throw. */
  readonly expired: (offer: Offer<Subscription, Arrival>) => void;
  /** Told of what has no room: the oldest. */
  readonly dropped: (arrival: Arrival) => void;
}

export class MqttOffers<Subscription, Arrival> {
  readonly #parts: OfferParts<Subscription, Arrival>;
  readonly #offers = new Map<string, Offer<Subscription, Arrival>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: OfferParts<Subscription, Arrival>) {
    this.#parts = parts;
  }

  /** The same subscription may be offered again by a node that comes in place of this one. */
  add(filter: string, subscription: Subscription, waiting: Arrival[] = []): void {
    this.#offers.set(filter, { subscription, waiting });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const offer of this.takeAll().values()) this.#parts.expired(offer);
    }, this.#parts.lingerMillis());
    this.#timer.unref();
  }

  has(filter: string): boolean {
    return this.#offers.has(filter);
  }

  /** Takes a message in that came by an offered subscription. */
  defer(filter: string, arrival: Arrival): void {
    const waiting = this.#offers.get(filter)?.waiting ?? [];
    waiting.push(arrival);
    const oldest = waiting.length > INLET_LIMITS.maxCount ? waiting.shift() : undefined;
    if (oldest !== undefined) this.#parts.dropped(oldest);
  }

  /** It is wanted again, or not at all. */
  take(filter: string): Offer<Subscription, Arrival> | undefined {
    const offer = this.#offers.get(filter);
    this.#offers.delete(filter);
    return offer;
  }

  takeAll(): ReadonlyMap<string, Offer<Subscription, Arrival>> {
    clearTimeout(this.#timer);
    const offers = new Map(this.#offers);
    this.#offers.clear();
    return offers;
  }
}
