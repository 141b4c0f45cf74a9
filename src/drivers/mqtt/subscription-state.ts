/** The state of a node's subscription, and telling the node of its changes. */
import { PoolError } from '../../core/errors';
import type { Qos } from './profile';
import type { SubscriptionState } from './session';
import type { FilterEntry, Subscriber } from './subscriber';
import { t } from '../../core/wording';

/**
 * Tells everyone who hears through this filter that the broker has confirmed it.
 *
 * @param overlapsOf filters whose messages the broker may not keep apart from those of an entry
 */
export function tellActive(
  entry: FilterEntry,
  granted: Qos,
  overlapsOf: (entry: FilterEntry) => readonly string[],
): void {
  for (const member of [entry, ...entry.covers]) {
    const overlaps = overlapsOf(member);
    for (const subscriber of member.subscribers) {
      if (!subscriber.isAwaited) setState(subscriber, activeState(granted, subscriber, overlaps));
    }
  }
}

function activeState(granted: Qos, subscriber: Subscriber, overlaps: readonly string[]): SubscriptionState {
  const qos = Math.min(granted, subscriber.qos) as Qos;
  return overlaps.length > 0 ? { kind: 'active', qos, overlaps } : { kind: 'active', qos };
}

/** Changes the state of a subscription and tells its node, if it is news. */
export function setState(subscriber: Subscriber, state: SubscriptionState): void {
  const before = subscriber.state;
  subscriber.state = state;
  if (isSame(before, state)) return;
  try {
    subscriber.onState?.(state);
  } catch (thrown) {
    const text = t`A subscriber of "${subscriber.entry.filter.text}" failed on a change of its state.`;
    subscriber.onFailure(new PoolError('DRIVER_FAILED', text, { cause: thrown }));
  }
}

function isSame(one: SubscriptionState, other: SubscriptionState): boolean {
  if (one.kind !== 'active' || other.kind !== 'active') return one.kind === other.kind && one.kind === 'pending';
  return one.qos === other.qos && one.overlaps?.join() === other.overlaps?.join();
}
