/** What the identifiers of a filter stand for: each SUBSCRIBE of it begins an epoch (MQTT 5). */
import type { WireOptions } from './subscribe-plan';
import type { FilterEntry, Subscriber } from './subscriber';
import { filtersOverlap } from './topic-filter';

/** Identifiers of one filter that the broker may still use: it holds back what a receiver is too slow for. */
const EPOCHS_KEPT = 16;

/** Remembers, under its identifier, what a SUBSCRIBE asked for; `batch` is the one of those owed its replay. */
export function noteEpoch(entry: FilterEntry, identifier: number, options: WireOptions, batch: number): void {
  const audience = new Set([...entry.subscribers].filter(({ isAwaited }) => !isAwaited));
  const retainedFor = new Set<Subscriber>();
  if (options.rh === 0) {
    for (const subscriber of audience) if (subscriber.retainedBatch === batch) retainedFor.add(subscriber);
  }
  const everyone = [...audience].every((one) => retainedFor.has(one) && mayMixReplays(one));
  const retainFlag = options.rh === 2 && options.rap ? 'live' : options.rap && everyone ? 'either' : 'replay';
  const epochs = entry.epochs.filter((epoch) => epoch.identifier !== identifier);
  const { sequence } = entry;
  entry.epochs = [{ identifier, sequence, audience, retainedFor, retainFlag } as const, ...epochs];
}

/** Someone needs to tell replays from live messages, which bear the same identifier. */
export function needsNewEpoch({ epochs: [latest], subscribers }: FilterEntry): boolean {
  if (latest?.retainFlag !== 'either') return false;
  return [...subscribers].some((subscriber) => !latest.audience.has(subscriber) || !mayMixReplays(subscriber));
}

/**
 * Whether replays and live messages may bear the same identifier for this subscriber: both look the same to it, and its
 * receiver has no other filter that would bring the same live messages.
 */
export function mayMixReplays({ receiver, entry, retainAsPublished }: Subscriber): boolean {
  if (!retainAsPublished) return false;
  if (receiver.subscribers.size === 1) return true;
  for (const { entry: other } of receiver.subscribers) {
    if (other !== entry && filtersOverlap(entry.filter.levels, other.filter.levels)) return false;
  }
  return true;
}

/** A few SUBSCRIBEs older than one that was answered are remembered for what was on its way. */
export function forgetEpochs(entry: FilterEntry, answered: number): void {
  if (entry.epochs.length <= EPOCHS_KEPT) return;
  entry.epochs = entry.epochs.filter((epoch, index) => index < EPOCHS_KEPT || epoch.sequence >= answered);
}
