/**
 * The subscriptions of an MQTT source: made anew with every session, except those that the node had before a deploy and
 * still wants. These change hands without a word to the broker.
 */
import { PoolError } from '../core/errors';
import type { MqttMessage, MqttSession, MqttSubscription, SubscriptionState } from '../drivers/mqtt/session';
import { filtersOverlap, parseTopicFilter } from '../drivers/mqtt/topic-filter';
import { MqttOffers, type Offer } from './mqtt-offers';
import type { Subscribing, SubscriptionRequest } from './subscription-request';

/** One filter of the node, whether it is subscribed just now or not. */
export interface MqttEntry {
  readonly request: SubscriptionRequest;
  readonly options: Subscribing;
  readonly datatype: string;
  readonly acknowledge: 'receipt' | 'complete';
  /** Subscribe anew after a deploy, so that retained messages come again. @default false */
  readonly replayRetained?: boolean;
}

/** A message, and the filter it came for. */
export interface Arrival {
  readonly message: MqttMessage;
  readonly filter: string;
}

/** For a source that is told its topics by messages: see mqtt-offers.ts. */
export interface OfferEvents {
  /** How long former subscriptions go on, in milliseconds. */
  lingerMillis(): number;
  /** What had come by a subscription that is wanted again: it goes before what comes now. */
  resumed(arrivals: readonly Arrival[]): void;
  /** What had come by a subscription that nobody has asked for again. */
  forgotten(arrivals: readonly Arrival[]): void;
}

export interface SubscriptionEvents {
  message(message: MqttMessage, filter: string): void;
  /** Some subscription is confirmed, refused or gone. */
  changed(): void;
  refused(error: PoolError, filter: string): void;
  overlapping(filter: string, others: string): void;
}

/** One subscription at the driver; who hears of it may change. */
interface Tap {
  owner: MqttSubscriptions;
  entry: MqttEntry;
  subscription: MqttSubscription | undefined;
  /** Why the broker refused it, until it accepts it. */
  refusal: PoolError | undefined;
  /** The overlap warned of last. */
  overlaps: string;
}

export class MqttSubscriptions {
  readonly #events: SubscriptionEvents;
  readonly #taps = new Map<string, Tap>();
  /** Subscriptions of the predecessor that this node wants no more: they go when those in their place are there. */
  #leaving: Tap[] = [];
  #inherited = new Map<string, Tap>();
  #session: MqttSession | undefined;
  readonly #offerEvents: OfferEvents | undefined;
  readonly #offers: MqttOffers<Tap, Arrival> | undefined;

  constructor(events: SubscriptionEvents, offerEvents?: OfferEvents) {
    this.#events = events;
    this.#offerEvents = offerEvents;
    if (!offerEvents) return;
    this.#offers = new MqttOffers({
      lingerMillis: () => offerEvents.lingerMillis(),
      expired: (offer) => this.#forget(offer, false),
      dropped: (arrival) => offerEvents.forgotten([arrival]),
    });
  }

  get entries(): MqttEntry[] {
    return [...this.#taps.values()].map(({ entry }) => entry);
  }

  /** The first filter the broker refused, if any. */
  get refused(): { readonly filter: string; readonly error: PoolError } | undefined {
    for (const [filter, { refusal }] of this.#taps) if (refusal) return { filter, error: refusal };
    return undefined;
  }

  /** The entry a message belongs to: that of the filter it came for, or, if there is none any more, one that fits. */
  entryFor(filter: string, topic: string): MqttEntry | undefined {
    const exact = this.#taps.get(filter);
    if (exact) return exact.entry;
    const levels = topic.split('/');
    return this.entries.find(({ request }) => filtersOverlap(parseTopicFilter(request.topic).levels, levels));
  }

  /** Keeps a message that may be wanted soon; false if it can go its way. */
  defer(arrival: Arrival): boolean {
    const { filter, message } = arrival;
    if (!this.#offers?.has(filter) || this.entryFor(filter, message.topic)) return false;
    this.#offers.defer(filter, arrival);
    return true;
  }

  /** Subscribes now and with each session; an entry with the same filter makes way. */
  add(entry: MqttEntry): void {
    const filter = entry.request.topic;
    const offer = this.#offers?.take(filter);
    this.end(filter);
    const tap: Tap = { owner: this, entry, subscription: undefined, refusal: undefined, overlaps: '' };
    this.#taps.set(filter, tap);
    if (this.#session) this.#subscribe(this.#session, tap);
    if (!offer) return;
    // Subscribed anew, so that retained messages come as they do for any subscribing.
    this.#leaving.push(offer.subscription);
    this.#offerEvents?.resumed(offer.waiting);
    this.#leaveIfReady();
  }

  end(filter: string): void {
    const offer = this.#offers?.take(filter);
    if (offer) this.#forget(offer, false);
    this.#taps.get(filter)?.subscription?.close(false);
    this.#taps.delete(filter);
  }

  /** The node may be gone for good: what a group shares out is not taken from its other members any more. */
  leaveGroups(): void {
    for (const [filter, tap] of this.#taps) {
      if (!filter.startsWith('$share/')) continue;
      tap.subscription?.close(false);
      tap.subscription = undefined;
    }
  }

  /** What the predecessor is subscribed to on the session that `bound` will bring. */
  inherit(former: MqttSubscriptions): void {
    if (!former.#session) return;
    for (const [filter, tap] of former.#taps) {
      if (!tap.subscription) continue;
      tap.owner = this;
      this.#inherited.set(filter, tap);
    }
    for (const [filter, { subscription, waiting }] of former.#offers?.takeAll() ?? []) {
      subscription.owner = this;
      this.#offers?.add(filter, subscription, waiting);
      if (!this.#offers) former.#leaving.push(subscription);
    }
    for (const tap of former.#leaving) tap.owner = this;
    this.#leaving = former.#leaving;
    former.#session = undefined;
    former.#taps.clear();
    former.#leaving = [];
  }

  bound(session: MqttSession): void {
    this.#session = session;
    const inherited = this.#inherited;
    this.#inherited = new Map();
    for (const [filter, tap] of this.#taps) {
      const former = inherited.get(filter);
      if (former && isSame(former, tap)) {
        inherited.delete(filter);
        former.entry = tap.entry;
        this.#taps.set(filter, former);
      }
    }
    for (const tap of this.#taps.values()) if (!tap.subscription) this.#subscribe(session, tap);
    const offers = this.#offerEvents && this.#offerEvents.lingerMillis() > 0 ? this.#offers : undefined;
    for (const [filter, tap] of inherited) {
      if (offers) offers.add(filter, tap);
      else {
        tap.subscription?.makeWay();
        this.#leaving.push(tap);
      }
    }
    this.#leaveIfReady();
  }

  unbinding(keep: boolean): void {
    this.#session = undefined;
    for (const tap of this.#taps.values()) {
      tap.subscription?.close(keep);
      tap.subscription = undefined;
      tap.refusal = undefined;
    }
    for (const { subscription } of this.#leaving.splice(0)) subscription?.close(false);
    for (const offer of this.#offers?.takeAll().values() ?? []) this.#forget(offer, keep);
  }

  #forget({ subscription: tap, waiting }: Offer<Tap, Arrival>, keep: boolean): void {
    tap.subscription?.close(keep);
    this.#offerEvents?.forgotten(waiting);
  }

  #subscribe(session: MqttSession, tap: Tap): void {
    const { request, options, acknowledge } = tap.entry;
    const listener = (message: MqttMessage) => tap.owner.#events.message(message, request.topic);
    const onState = (state: SubscriptionState) => tap.owner.#changed(tap, state);
    try {
      tap.subscription = session.subscribe(request.topic, { ...options, acknowledge, onState }, listener);
    } catch (thrown) {
      this.#changed(tap, { kind: 'refused', error: PoolError.from(thrown) });
    }
  }

  /** A refusal is told once, not again after every reconnect. */
  #changed(tap: Tap, state: SubscriptionState): void {
    if (state.kind === 'pending' || this.#taps.get(tap.entry.request.topic) !== tap) return;
    const filter = tap.entry.request.topic;
    const overlaps = state.kind === 'active' ? (state.overlaps?.join(', ') ?? '') : '';
    if (overlaps && overlaps !== tap.overlaps) this.#events.overlapping(filter, overlaps);
    tap.overlaps = overlaps || tap.overlaps;
    const told = tap.refusal?.code;
    tap.refusal = state.kind === 'refused' ? state.error : undefined;
    if (tap.refusal && tap.refusal.code !== told) this.#events.refused(tap.refusal, filter);
    this.#leaveIfReady();
    this.#events.changed();
  }

  /** The old ones go only when the new ones are there, so that nothing is missed between them. */
  #leaveIfReady(): void {
    if (this.#leaving.length === 0) return;
    const pending = [...this.#taps.values()].some(({ subscription, refusal }) => {
      return !refusal && subscription?.state.kind === 'pending';
    });
    if (pending) return;
    for (const { subscription } of this.#leaving.splice(0)) subscription?.close(false);
  }
}

/** Whether the subscription there is will do for the one that is wanted. */
function isSame(former: Tap, wanted: Tap): boolean {
  const one = former.entry.options;
  const other = wanted.entry.options;
  return (
    former.refusal === undefined &&
    former.entry.acknowledge === wanted.entry.acknowledge &&
    !wanted.entry.replayRetained &&
    one.qos === other.qos &&
    one.noLocal === other.noLocal &&
    one.retainAsPublished === other.retainAsPublished &&
    one.retainHandling === other.retainHandling
  );
}
