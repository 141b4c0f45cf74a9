/**
 * From a PUBLISH of the broker to the listeners of the nodes: each node gets a publication once, at its own QoS and
 * with its own retain flag, however many filters match and however many copies the broker sends.
 */
import { PoolError } from '../../core/errors';
import { type ChangeOver, isFromBefore, isLeaving, LatestMessage } from './change-over';
import type { Delivery } from './delivery';
import { takeOwn } from './own-publications';
import type { Qos } from './profile';
import { noteLive, takeReplay } from './retained-window';
import type { MessageProperties, MqttMessage } from './session';
import type { FilterEntry, SubscribeEpoch, Subscriber } from './subscriber';
import { isOfStableGroup, stableGroup } from './subscription-identifiers';
import type { SubscriptionTable } from './subscription-table';
import { t } from '../../core/wording';

/** A received PUBLISH, as far as dispatching goes. */
export interface IncomingPublish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  /** One, several or no subscription identifiers. */
  readonly identifiers: number | readonly number[] | undefined;
  readonly properties: MessageProperties | undefined;
  /** Of QoS 1 and 2, where the receivers acknowledge. */
  readonly delivery: Delivery | undefined;
}

export class Dispatcher {
  readonly #table: SubscriptionTable;
  readonly #warn: (error: PoolError) => void;
  readonly #latest = new LatestMessage();

  constructor(table: SubscriptionTable, warn: (error: PoolError) => void) {
    this.#table = table;
    this.#warn = warn;
  }

  dispatch(publish: IncomingPublish): void {
    const matches = this.#table.index.matchPlain(publish.topic);
    const shared = this.#table.index.matchShared(publish.topic);
    const { identifiers } = publish;
    this.#latest.see(publish.topic, publish.payload);
    if (!this.#table.usesIdentifiers || identifiers === undefined) {
      this.#dispatchByTopic(publish, matches, shared);
      return;
    }
    const hits: FilterEntry[] = [];
    for (const entry of matches) if (this.#marks(entry, identifiers)) hits.push(entry);
    let taken = hits.length > 0;
    for (const entries of shared) {
      for (const entry of entries) {
        if (!this.#marks(entry, identifiers)) continue;
        taken = true;
        this.#takeTurn(entry, publish);
      }
    }
    if (this.#table.former.size > 0) this.#dispatchFormer(publish, matches, identifiers);
    if (hits.length > 0) this.#dispatchMarked(publish, matches, hits, identifiers);
    // Identifiers of an earlier process in a session that outlived it: the topic has to do.
    else if (!taken && this.#table.isForeign(identifiers, matches)) this.#dispatchByTopic(publish, matches, shared);
  }

  #marks(entry: FilterEntry, identifiers: number | readonly number[]): boolean {
    if (epochOf(entry, identifiers)) return true;
    if (!this.#table.isPersistent) return false;
    entry.stableGroup ??= stableGroup(entry.filter.text);
    const group = entry.stableGroup;
    return typeof identifiers === 'number'
      ? isOfStableGroup(identifiers, group)
      : identifiers.some((identifier) => isOfStableGroup(identifier, group));
  }

  #dispatchMarked(
    publish: IncomingPublish,
    matches: readonly FilterEntry[],
    hits: readonly FilterEntry[],
    identifiers: number | readonly number[],
  ): void {
    const exclusive = matches.length === 1 && hits[0]?.subscribers.size === 1;
    for (const entry of hits) {
      entry.messages += 1;
      const epoch = epochOf(entry, identifiers);
      const isOwn = entry.own !== undefined && takeOwn(entry, publish.topic, publish.payload);
      // A replay answers one SUBSCRIBE; a copy for several subscriptions is a live one.
      const single = typeof identifiers === 'number' || identifiers.length === 1;
      const replay = single && publish.retain && epoch !== undefined && epoch.retainFlag !== 'live';
      const audience = replay
        ? epoch.retainFlag === 'replay'
          ? epoch.retainedFor
          : epoch.audience
        : entry.subscribers;
      for (const subscriber of frozen(audience)) {
        if ((isOwn && subscriber.noLocal) || !entry.subscribers.has(subscriber)) continue;
        const { receiver, change } = subscriber;
        if (change) {
          this.#bringForOld(change, epoch, publish, matches, replay);
          continue;
        }
        if (subscriber.isReplaced) continue;
        if (subscriber.takesOver && !epoch?.audience.has(subscriber)) continue;
        const alone = receiver.subscribers.size === 1;
        if (!alone && !this.#isResponsible(subscriber, matches, replay)) continue;
        if (receiver.changes.length > 0 && subscriber.takesOver && !this.#latest.end(receiver.changes)) continue;
        this.#deliver(subscriber, publish, replay, exclusive);
      }
    }
  }

  /** What the broker matched for filters that were given up for others since. */
  #dispatchFormer(
    publish: IncomingPublish,
    matches: readonly FilterEntry[],
    identifiers: number | readonly number[],
  ): void {
    for (const identifier of typeof identifiers === 'number' ? [identifiers] : identifiers) {
      for (const { change, epoch } of this.#table.former.get(identifier)) {
        const replay = publish.retain && epoch.retainFlag !== 'live';
        if (!replay || epoch.retainedFor.has(change.old)) this.#bringForOld(change, epoch, publish, matches, replay);
      }
    }
  }

  /** A copy for a filter that others take over from: it is theirs, unless they get one of their own. */
  #bringForOld(
    change: ChangeOver,
    epoch: SubscribeEpoch | undefined,
    publish: IncomingPublish,
    matches: readonly FilterEntry[],
    replay: boolean,
  ): void {
    const { receiver, takesOver } = change.old;
    if (takesOver && !epoch?.audience.has(change.old)) return;
    const { topic, payload, identifiers } = publish;
    let successor: Subscriber | undefined;
    for (const one of receiver.subscribers) {
      if (isLeaving(one) || !matches.includes(one.entry)) continue;
      const gets = identifiers !== undefined && epochOf(one.entry, identifiers)?.audience.has(one);
      if (!one.takesOver || gets) return;
      if (!successor || this.#ranksBefore(one, successor)) successor = one;
    }
    if (!successor) return;
    // Whoever asks for retained messages gets those of its own SUBSCRIBE.
    if (replay && epoch?.retainFlag === 'replay' && successor.retainHandling !== 2) return;
    const isBefore = isFromBefore(change, epoch);
    if (!isBefore && change.isOver) return;
    const place = receiver.changes.indexOf(change);
    const isFirst = place < 1 || this.#latest.end(receiver.changes.splice(0, place));
    if (!isBefore) this.#latest.brought(topic, payload, change);
    if (isFirst) this.#deliver(successor, publish, replay);
  }

  #dispatchByTopic(
    publish: IncomingPublish,
    matches: readonly FilterEntry[],
    shared: readonly (readonly FilterEntry[])[],
  ): void {
    const now = publish.retain ? Date.now() : 0;
    const exclusive = matches.length === 1 && shared.length === 0 && matches[0]?.subscribers.size === 1;
    for (const entry of matches) {
      entry.messages += 1;
      const isOwn = entry.own !== undefined && takeOwn(entry, publish.topic, publish.payload);
      for (const subscriber of frozen(entry.subscribers)) {
        if (!entry.subscribers.has(subscriber) || isLeaving(subscriber)) continue;
        if (isOwn && subscriber.noLocal) continue;
        const alone = subscriber.receiver.subscribers.size === 1;
        if (!alone && !this.#isResponsible(subscriber, matches, publish.retain)) continue;
        if (!publish.retain) noteLive(subscriber, publish.topic);
        else if (!this.#table.usesIdentifiers && !takeReplay(subscriber, publish.topic, now)) continue;
        this.#deliver(subscriber, publish, true, exclusive);
      }
    }
    for (const entries of shared) for (const entry of entries) this.#takeTurn(entry, publish);
  }

  /**
   * Of several subscriptions of one receiver that match, one answers for the publication: that with the highest QoS,
   * the earlier one if equal; of a replay, only those that asked for it in the same breath count.
   */
  #isResponsible(subscriber: Subscriber, matches: readonly FilterEntry[], replay: boolean): boolean {
    for (const other of subscriber.receiver.subscribers) {
      if (other === subscriber || isLeaving(other) || !matches.includes(other.entry)) continue;
      if (replay && other.retainedBatch !== subscriber.retainedBatch) continue;
      if (this.#ranksBefore(other, subscriber)) return false;
    }
    return true;
  }

  #ranksBefore(one: Subscriber, other: Subscriber): boolean {
    const oneActive = one.state.kind === 'active';
    if (oneActive !== (other.state.kind === 'active')) return oneActive;
    if (one.noLocal !== other.noLocal) return other.noLocal;
    if (one.qos !== other.qos) return one.qos > other.qos;
    // Sets keep the order in which subscriptions were made.
    for (const subscriber of one.receiver.subscribers) {
      if (subscriber === one) return true;
      if (subscriber === other) return false;
    }
    return false;
  }

  /** Nodes of one process on the same shared filter take turns, as separate clients would. */
  #takeTurn(entry: FilterEntry, publish: IncomingPublish): void {
    entry.messages += 1;
    const subscribers = [...entry.subscribers];
    const subscriber = subscribers[entry.turn % subscribers.length];
    entry.turn = (entry.turn + 1) % Math.max(1, subscribers.length);
    if (subscriber) this.#deliver(subscriber, publish, false);
  }

  /** @param replay the retain flag, if set, is to be shown whatever the subscriber's options are */
  #deliver(subscriber: Subscriber, publish: IncomingPublish, replay: boolean, exclusive = false): void {
    const { topic, payload, properties, delivery } = publish;
    const qos = publish.qos < subscriber.qos ? publish.qos : subscriber.qos;
    const retain = publish.retain && (replay || subscriber.retainAsPublished);
    let message: MqttMessage = properties
      ? { topic, payload, qos, retain, properties, exclusive }
      : { topic, payload, qos, retain, exclusive };
    // Whoever acknowledges may need the payload again, as it came.
    if (delivery) {
      if (subscriber.acknowledges && qos > 0)
        message = { ...message, exclusive: false, acknowledge: delivery.hold(subscriber.receiver) };
      else delivery.take();
    }
    try {
      subscriber.listener(message);
    } catch (thrown) {
      // It may not have got as far as remembering that.
      message.acknowledge?.('failed');
      const text = t`A subscriber of "${subscriber.entry.filter.text}" failed on a message.`;
      this.#warn(new PoolError('DRIVER_FAILED', text, { cause: thrown }));
    }
  }
}

/** A listener may subscribe or close: who is to hear this message is settled before. */
function frozen(subscribers: ReadonlySet<Subscriber>): Iterable<Subscriber> {
  return subscribers.size > 1 ? [...subscribers] : subscribers.size === 1 ? [first(subscribers)] : [];
}

function first<Value>(set: ReadonlySet<Value>): Value {
  return set.values().next().value as Value;
}

function epochOf(entry: FilterEntry, identifiers: number | readonly number[]): SubscribeEpoch | undefined {
  const { epochs } = entry;
  const [latest] = epochs;
  if (latest && latest.identifier === identifiers) return latest;
  return epochs.find(({ identifier }) =>
    typeof identifiers === 'number' ? identifier === identifiers : identifiers.includes(identifier),
  );
}
