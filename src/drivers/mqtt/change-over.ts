/**
 * One filter of a receiver takes over from another that overlaps it, with MQTT 5 and subscription identifiers. The broker
 * may still hold what it matched before, and sends a copy for each of both filters of what it matches afterwards. So the
 * old filter is subscribed once more, just before the new one, and its copies tell by their identifier what they are:
 * - one from before: nobody else brings the message;
 * - the new one: the new filter brings the message, too, but for what comes between the two SUBSCRIBEs.
 */
import type { FilterEntry, SubscribeEpoch, Subscriber } from './subscriber';
import { filtersOverlap } from './topic-filter';

export interface ChangeOver {
  readonly old: Subscriber;
  /** The count of the old filter's SUBSCRIBEs at the first that was sent for this; undefined before. */
  sequence: number | undefined;
  /** That SUBSCRIBE has been sent on the present connection. */
  isSent: boolean;
  /** The new filter has brought something: it brings everything that is still to come. */
  isOver: boolean;
}

/** What an identifier stood for that the broker may still use, though the subscription has ended. */
export interface FormerMark {
  readonly change: ChangeOver;
  readonly epoch: SubscribeEpoch;
}

/** Changes of one receiver that may wait for the first message of the filter that takes over. */
const MAX_OPEN = 8;
/** Identifiers that are remembered beyond the end of their subscription, per connection. */
const MAX_FORMER = 4096;

/**
 * Lets the subscriptions that its receiver made since the last SUBSCRIBE take over from this one. Returns those that do;
 * none if nothing of what it brings is theirs, or if it is theirs anyway, being of the same filter.
 *
 * @param batch the table's batch that has not been sent yet
 */
export function beginChange(old: Subscriber, batch: number): readonly Subscriber[] {
  const { entry, receiver } = old;
  if (isLeaving(old)) return [];
  const others = [...receiver.subscribers].filter((other) => other !== old && !isLeaving(other));
  const sibling = others.find((other) => other.entry === entry);
  if (sibling) {
    replace(old, sibling);
    return [];
  }
  const { kind } = entry.broker;
  const isNew = old.batch === batch;
  if (kind !== 'active' && kind !== 'pending' && !isNew) return [];
  const successors = others.filter((other) => other.batch === batch && mayTakeOver(other.entry, entry));
  if (successors.length === 0) return [];
  // What has never been subscribed brings nothing that the others don't.
  old.change = { old, sequence: isNew ? 0 : undefined, isSent: isNew, isOver: false };
  receiver.changes.push(old.change);
  if (receiver.changes.length > MAX_OPEN) for (const change of receiver.changes.splice(0, 1)) change.isOver = true;
  for (const successor of successors) successor.takesOver = successor.isAwaited = true;
  return successors;
}

/** Whether it gets nothing more of its own. */
export function isLeaving({ change, isReplaced }: Subscriber): boolean {
  return isReplaced || change !== undefined;
}

/** Another subscription of the same filter stands in its place at once: the broker makes no difference between them. */
function replace(former: Subscriber, sibling: Subscriber): void {
  former.isReplaced = true;
  if (!former.takesOver || sibling.takesOver) return;
  sibling.takesOver = true;
  sibling.isAwaited = former.isAwaited;
  for (const { audience } of former.entry.epochs) if (audience.has(former)) audience.add(sibling);
}

function mayTakeOver({ filter }: FilterEntry, { filter: old }: FilterEntry): boolean {
  return filter.share === undefined && old.share === undefined && filtersOverlap(filter.levels, old.levels);
}

/** Whether the filter has to be subscribed once more, before those that take over from it. */
export function needsRepeat({ subscribers }: FilterEntry): boolean {
  for (const { change } of subscribers) if (change && !change.isSent) return true;
  return false;
}

/** Its SUBSCRIBE for changes goes out, as the entry's present count. */
export function noteRepeat({ subscribers, sequence }: FilterEntry): void {
  for (const { change } of subscribers) {
    if (!change || change.isSent) continue;
    change.isSent = true;
    change.sequence ??= sequence;
  }
}

/** The connection broke: what was sent may not have arrived. */
export function repeatAgain({ subscribers }: FilterEntry): void {
  for (const { change } of subscribers) if (change) change.isSent = false;
}

/** Nothing of the old session will come: whoever is there competes as ever. */
export function forgetChanges({ subscribers }: FilterEntry): void {
  for (const subscriber of subscribers) {
    subscriber.change = undefined;
    subscriber.takesOver = subscriber.isAwaited = subscriber.isReplaced = false;
    subscriber.receiver.changes.length = 0;
  }
}

/** Whether what is marked so was matched before the change. */
export function isFromBefore({ sequence }: ChangeOver, epoch: SubscribeEpoch | undefined): boolean {
  return sequence === undefined || epoch === undefined || epoch.sequence < sequence;
}

/** The message whose copies are coming, one behind the other, if a filter that is being given up has brought it. */
export class LatestMessage {
  #topic = '';
  #payload: Buffer | undefined;
  #broughtBy: ChangeOver[] = [];

  /** Another message may have come. */
  see(topic: string, payload: Buffer): void {
    if (this.#payload && (topic !== this.#topic || !payload.equals(this.#payload))) this.#payload = undefined;
  }

  /** A filter that is being given up has brought it. */
  brought(topic: string, payload: Buffer, change: ChangeOver): void {
    if (!this.#payload) this.#broughtBy = [];
    this.#topic = topic;
    this.#payload = payload;
    this.#broughtBy.push(change);
  }

  /** What takes over in these changes brings it, too: they are over. False if they have brought it already. */
  end(changes: ChangeOver[]): boolean {
    const isCopy = this.#payload !== undefined && changes.some((change) => this.#broughtBy.includes(change));
    for (const change of changes) change.isOver = true;
    changes.length = 0;
    return !isCopy;
  }
}

/** The identifiers of filters that were given up for others. */
export class FormerMarks {
  readonly #marks = new Map<number, FormerMark[]>();

  get size(): number {
    return this.#marks.size;
  }

  get(identifier: number): readonly FormerMark[] {
    return this.#marks.get(identifier) ?? [];
  }

  /** A subscription that others took over from ends. */
  add(change: ChangeOver): void {
    for (const epoch of change.old.entry.epochs) {
      this.#marks.set(epoch.identifier, [...this.get(epoch.identifier), { change, epoch }]);
    }
    for (const identifier of this.#marks.keys()) {
      if (this.#marks.size <= MAX_FORMER) break;
      this.#marks.delete(identifier);
    }
  }

  /** The identifier is given out again (persistent sessions). */
  reissued(identifier: number): void {
    this.#marks.delete(identifier);
  }

  /** Nobody is there any more to bring anything to. */
  dropReceiver(receiver: Subscriber['receiver']): void {
    for (const [identifier, marks] of this.#marks) {
      const rest = marks.filter(({ change }) => change.old.receiver !== receiver);
      if (rest.length === 0) this.#marks.delete(identifier);
      else if (rest.length < marks.length) this.#marks.set(identifier, rest);
    }
  }

  clear(): void {
    this.#marks.clear();
  }
}
