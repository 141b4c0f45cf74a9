/**
 * All subscriptions of one connection: what its nodes want, what the broker has, and the SUBSCRIBE and UNSUBSCRIBE
 * packets that bring the second in line with the first.
 *
 * Exactly one delivery per node, however filters overlap:
 * - MQTT 5: every filter is subscribed under an identifier that tells it apart (subscribe-plan.ts).
 * - 3.1.1, and MQTT 5 brokers without identifiers: only filters that no other filter covers are subscribed, so that the
 *   broker has nothing to duplicate. Impossible there: filters that overlap without one covering the other (a/+ and
 *   +/b) on a broker that sends one copy per subscription; a publication that arrives while a wider filter takes over
 *   from a narrower one; a shared filter that overlaps another of the same connection.
 */
import { PoolError } from '../../core/errors';
import { beginChange, forgetChanges, FormerMarks, needsRepeat, noteRepeat, repeatAgain } from './change-over';
import { audienceOf, coverAgain, highestQos, highestQosAround, inseparable } from './filter-cover';
import { FilterIndex } from './filter-index';
import { countOwnIfNeeded } from './own-publications';
import type { Qos } from './profile';
import { reasonText } from './reason-codes';
import { CalmTimer, closeQuietWindow, openReplayWindow } from './retained-window';
import type { FilterEntry, Subscriber } from './subscriber';
import { forgetEpochs, noteEpoch } from './subscribe-epochs';
import { subscribeNeed } from './subscribe-need';
import { type PlannedFilter, type PlannedPacket, planPackets } from './subscribe-plan';
import { SubscriptionIdentifiers } from './subscription-identifiers';
import type { SubscriptionRules } from './subscription-rules';
import { setState, tellActive } from './subscription-state';
import type { SubscriptionWire } from './subscription-wire';
import { t } from '../../core/wording';

export class SubscriptionTable {
  readonly index = new FilterIndex();
  readonly former = new FormerMarks();
  readonly #dirty = new Set<FilterEntry>();
  readonly #identifiers = new SubscriptionIdentifiers();
  #wire: SubscriptionWire | undefined;
  #rules: SubscriptionRules | undefined;
  /** Identifiers of a persistent session that this process gave out itself. */
  readonly #issued = new Set<number>();
  /** Filters whose UNSUBSCRIBE the broker has not answered. */
  readonly #unanswered = new Set<string>();
  #flushPlanned = false;
  #batch = 0;
  readonly #calm = new CalmTimer();
  /** Entries that need to know what this connection publishes itself. */
  readonly #counting = new Set<FilterEntry>();

  get usesIdentifiers(): boolean {
    return this.#rules?.identifiers ?? false;
  }

  get isPersistent(): boolean {
    return this.#rules?.persistent ?? false;
  }

  /** Whether some filter without a subscriber was left in place at the broker. */
  get isKept(): boolean {
    for (const { kept } of this.index.entries) if (kept) return true;
    return false;
  }

  /** Whether a publication may be marked with identifiers that an earlier process gave out. */
  isForeign(identifiers: number | readonly number[], matches: readonly FilterEntry[]): boolean {
    // Once the matching filters bear identifiers of their own, a strange one is of a filter nobody has any more.
    if (!this.isPersistent || matches.some(({ broker }) => broker.kind === 'active')) return false;
    return typeof identifiers === 'number'
      ? !this.#issued.has(identifiers)
      : identifiers.every((identifier) => !this.#issued.has(identifier));
  }

  /** Whether some filter needs to know what this connection published itself. */
  get tracksOwn(): boolean {
    return this.#counting.size > 0;
  }

  add(subscriber: Subscriber): void {
    const { entry } = subscriber;
    entry.subscribers.add(subscriber);
    entry.kept = false;
    if (entry.broker.kind === 'refused') entry.broker = { kind: 'none' };
    this.#touch(entry);
    // The receiver's other filters may bring the same messages now.
    for (const { entry: other } of subscriber.receiver.subscribers) {
      if (other !== entry && other.epochs[0]?.retainFlag === 'either') this.#touch(other);
    }
  }

  /** The number of the SUBSCRIBEs that go out next. */
  get nextBatch(): number {
    return this.#batch + 1;
  }

  /** See `MqttSubscription.makeWay`. Without identifiers, filters change places as filter-cover.ts has it. */
  makeWay(subscriber: Subscriber): void {
    if (!this.usesIdentifiers) return;
    const successors = beginChange(subscriber, this.nextBatch);
    for (const { entry } of successors) this.#touch(entry);
    if (successors.length > 0) this.#touch(subscriber.entry);
  }

  /** @param keep leave the broker's subscription in place (persistent sessions) */
  remove(subscriber: Subscriber, keep: boolean): void {
    const { entry } = subscriber;
    if (!entry.subscribers.delete(subscriber)) return;
    entry.kept = keep && entry.subscribers.size === 0;
    if (subscriber.change) this.former.add(subscriber.change);
    if (this.former.size > 0 && subscriber.receiver.subscribers.size === 0)
      this.former.dropReceiver(subscriber.receiver);
    this.#touch(entry);
  }

  /** What the connection is like, as soon as the broker has said so: messages may follow at once. */
  announce(rules: SubscriptionRules): void {
    this.#rules = rules;
  }

  /** The connection is up; with `resumed` the broker still has what it had. Sends what is missing. */
  connected(wire: SubscriptionWire, resumed: boolean): void {
    this.#wire = wire;
    const unanswered = [...this.#unanswered];
    this.#unanswered.clear();
    if (!resumed) this.former.clear();
    if (resumed) this.#sendUnsubscribe(unanswered, wire);
    for (const entry of [...this.index.entries]) {
      entry.coveredBy = undefined;
      entry.covers.clear();
      if (resumed) restoreEntry(entry);
      else this.#startAgain(entry);
    }
    for (const entry of this.index.entries) this.#touch(entry);
    this.flush();
  }

  disconnected(): void {
    this.#wire = undefined;
    this.#calm.stop();
    for (const entry of this.index.entries) {
      entry.own?.clear();
      for (const subscriber of entry.subscribers) setState(subscriber, { kind: 'pending' });
    }
  }

  /** The broker turned out to ignore identifiers: from now on, subscribe so that it can't duplicate. */
  giveUpIdentifiers(): void {
    if (!this.#rules?.identifiers) return;
    this.#rules = { ...this.#rules, identifiers: false };
    this.former.clear();
    for (const entry of this.index.entries) {
      forgetChanges(entry);
      this.#dirty.add(entry);
    }
    this.#planFlush();
  }

  *#subscribers(): Iterable<Subscriber> {
    for (const { subscribers } of this.index.entries) yield* subscribers;
  }

  #touch(entry: FilterEntry): void {
    this.#dirty.add(entry);
    this.#planFlush();
  }

  /** Changes of one turn of the event loop go out together. */
  #planFlush(): void {
    if (this.#flushPlanned || !this.#wire) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      this.flush();
    });
  }

  /** Sends at once what would go out at the end of this turn. */
  flushPlanned(): void {
    if (this.#flushPlanned) this.flush();
  }

  /** Sends now what the broker lacks or has too much. */
  flush(): void {
    const wire = this.#wire;
    const rules = this.#rules;
    if (!wire || !rules || this.#dirty.size === 0) return;
    const concerned = rules.identifiers ? [...this.#dirty] : coverAgain(this.index, this.#dirty);
    this.#dirty.clear();
    this.#batch += 1;
    const repeated: PlannedFilter[] = [];
    const first: PlannedFilter[] = [];
    const second: PlannedFilter[] = [];
    const leaving: FilterEntry[] = [];
    for (const entry of concerned) {
      if (entry.kept || isAwaitingCover(entry)) continue;
      const { broker } = entry;
      if (needsRepeat(entry) && (broker.kind === 'active' || broker.kind === 'pending'))
        repeated.push({ entry, options: { qos: broker.qos, nl: broker.noLocal, rap: broker.rap, rh: 2 } });
      if (entry.subscribers.size === 0 || entry.coveredBy) leaving.push(entry);
      else this.#planEntry(entry, rules, first, second);
    }
    // Subscribing goes first: between a narrow filter and the wide one that replaces it there must be no gap.
    for (const packet of planPackets(repeated, rules.identifiers, rules.filtersPerPacket))
      this.#send(packet, wire, rules, true);
    for (const packet of planPackets(first, rules.identifiers, rules.filtersPerPacket)) this.#send(packet, wire, rules);
    for (const packet of planPackets(second, rules.identifiers, rules.filtersPerPacket))
      this.#send(packet, wire, rules);
    this.#unsubscribe(leaving, wire);
    for (const entry of concerned) {
      if (this.index.has(entry) && countOwnIfNeeded(entry, rules.version)) this.#counting.add(entry);
      else this.#counting.delete(entry);
    }
    if (!rules.identifiers) this.#calm.plan(() => this.#subscribers());
  }

  #planEntry(entry: FilterEntry, rules: SubscriptionRules, first: PlannedFilter[], second: PlannedFilter[]): void {
    if (entry.broker.kind === 'refused') return;
    const refusal = rules.refusal(entry);
    if (refusal) return this.#refuse(entry, refusal);
    const subscribers = audienceOf(entry);
    // Retain handling is an option of MQTT 5; before that, every SUBSCRIBE brings the retained messages.
    if (rules.version !== 5) for (const one of subscribers) one.retainedOwed ||= one.retainedBatch === 0;
    const qos = rules.identifiers ? highestQos(subscribers) : highestQosAround(this.index, entry);
    const need = subscribeNeed(entry, subscribers, qos, rules);
    if (!need) {
      if (entry.broker.kind === 'active') tellActive(entry, entry.broker.granted, this.#overlapsOf);
      return;
    }
    const { options, owed } = need;
    entry.fetching = [...entry.fetching, ...owed];
    for (const subscriber of owed) {
      subscriber.retainedOwed = false;
      subscriber.retainedBatch = this.#batch;
    }
    if (!rules.identifiers) this.#openWindows(subscribers, owed, rules.version !== 5 || owed.length > 0);
    if (need.startsAfresh) this.#wire?.unsubscribe([entry.filter.text], () => undefined);
    first.push({ entry, options });
    if (need.endsReplay) second.push({ entry, options: { ...options, rh: 2 } });
    entry.broker = { kind: 'pending', qos, noLocal: options.nl, rap: options.rap };
  }

  /** @param repeats the filters are there, and others will take over from them */
  #send(packet: PlannedPacket, wire: SubscriptionWire, rules: SubscriptionRules, repeats = false): void {
    const entries = packet.filters.map(({ entry }) => entry);
    const texts = entries.map(({ filter }) => filter.text);
    const identifier = rules.identifiers ? this.#identifiers.next(texts, rules.persistent) : undefined;
    if (identifier !== undefined && rules.persistent) {
      this.#issued.add(identifier);
      this.former.reissued(identifier);
    }
    const sequences = entries.map((entry) => {
      entry.sequence += 1;
      if (repeats) noteRepeat(entry);
      else for (const subscriber of entry.subscribers) subscriber.isAwaited = false;
      if (identifier !== undefined) noteEpoch(entry, identifier, packet.options, this.#batch);
      return entry.sequence;
    });
    wire.subscribe(texts, packet.options, identifier, (codes) => {
      for (const [index, entry] of entries.entries()) {
        forgetEpochs(entry, sequences[index] ?? 0);
        if (sequences[index] === entry.sequence) this.#answered(entry, codes[index] ?? 0x80);
      }
    });
  }

  #answered(entry: FilterEntry, code: number): void {
    // What was subscribed only once more is there, whatever the broker says.
    if (entry.broker.kind === 'active') return;
    if (code >= 0x80) {
      const { text } = entry.filter;
      this.#refuse(
        entry,
        new PoolError(
          'MQTT_SUBSCRIPTION_REFUSED',
          t`The broker refused to subscribe to "${text}": ${reasonText(code)}.`,
        ),
      );
      // 3.1.1: what this filter covered has to stand on its own now.
      for (const covered of entry.covers) this.#touch(covered);
      return;
    }
    if (entry.broker.kind !== 'pending') return;
    const granted = Math.min(code, 2) as Qos;
    entry.broker = { ...entry.broker, kind: 'active', granted };
    entry.fetching = [];
    tellActive(entry, granted, this.#overlapsOf);
    // Now that the wide filter is there, the narrow ones it covers can go.
    for (const covered of entry.covers) if (covered.broker.kind !== 'none') this.#touch(covered);
  }

  readonly #overlapsOf = (entry: FilterEntry): readonly string[] =>
    this.usesIdentifiers ? [] : inseparable(this.index, entry);

  #refuse(entry: FilterEntry, error: PoolError): void {
    entry.broker = { kind: 'refused', error };
    for (const subscriber of entry.subscribers) setState(subscriber, { kind: 'refused', error });
  }

  #unsubscribe(leaving: readonly FilterEntry[], wire: SubscriptionWire): void {
    const filters: string[] = [];
    for (const entry of leaving) {
      if (entry.broker.kind === 'active' || entry.broker.kind === 'pending') filters.push(entry.filter.text);
      this.#forgetBrokerSide(entry);
    }
    this.#sendUnsubscribe(filters, wire);
  }

  #sendUnsubscribe(filters: readonly string[], wire: SubscriptionWire): void {
    if (filters.length === 0) return;
    for (const filter of filters) this.#unanswered.add(filter);
    wire.unsubscribe(filters, () => {
      for (const filter of filters) this.#unanswered.delete(filter);
    });
  }

  /** The broker no longer has the filter; an entry nobody is on goes. */
  #forgetBrokerSide(entry: FilterEntry): void {
    entry.broker = { kind: 'none' };
    entry.sequence += 1;
    entry.epochs = [];
    entry.fetching = [];
    if (entry.subscribers.size > 0) return;
    this.index.drop(entry);
    this.#dirty.delete(entry);
    this.#counting.delete(entry);
    entry.coveredBy?.covers.delete(entry);
  }

  #startAgain(entry: FilterEntry): void {
    entry.kept = false;
    forgetChanges(entry);
    this.#forgetBrokerSide(entry);
    for (const subscriber of entry.subscribers) {
      subscriber.replay = undefined;
      // A SUBSCRIBE that finds no subscription brings the retained messages for retain handling 0 and 1 (3.8.3.1).
      subscriber.retainedOwed = subscriber.retainHandling !== 2;
      subscriber.retainedBatch = 0;
    }
  }

  #openWindows(all: readonly Subscriber[], owed: readonly Subscriber[], replays: boolean): void {
    if (!replays) return;
    const now = Date.now();
    for (const subscriber of all) closeQuietWindow(subscriber, now);
    for (const subscriber of owed) openReplayWindow(subscriber, now);
  }
}

/** A narrow filter stays until the wide one in its place is confirmed: between them there must be no gap. */
function isAwaitingCover({ coveredBy, broker, subscribers }: FilterEntry): boolean {
  return (
    subscribers.size > 0 && coveredBy?.broker.kind !== 'active' && coveredBy !== undefined && broker.kind === 'active'
  );
}

/** A resumed session: what was answered stands, what was under way is sent again. */
function restoreEntry(entry: FilterEntry): void {
  repeatAgain(entry);
  if (entry.broker.kind === 'active') return tellActive(entry, entry.broker.granted, () => []);
  entry.broker = { kind: 'none' };
  for (const subscriber of entry.fetching) subscriber.retainedOwed = true;
  entry.fetching = [];
}
