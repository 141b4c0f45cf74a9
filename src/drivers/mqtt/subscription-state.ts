/** The state of a node's subscription, and telling the node of its changes. */
import type { Qos } from './profile';
import type { SubscriptionState } from './session';
import type { FilterEntry, Subscriber } from './subscriber';

/** Tells everyone who hears through this filter that the broker has confirmed it. */
export function tellActive(entry: FilterEntry, granted: Qos): void {
  for (const member of [entry, ...entry.covers]) {
    for (const subscriber of member.subscribers) setState(subscriber, activeState(granted, subscriber));
  }
}

function activeState(granted: Qos, subscriber: Subscriber): SubscriptionState {
  return { kind: 'active', qos: Math.min(granted, subscriber.qos) as Qos };
}

/** Changes the state of a subscription and tells its node, if it is news. */
export function setState(subscriber: Subscriber, state: SubscriptionState): void {
  const before = subscriber.state;
  const same =
    before.kind === state.kind && (state.kind !== 'active' || (before.kind === 'active' && before.qos === state.qos));
  subscriber.state = state;
  if (!same || state.kind === 'refused') subscriber.onState?.(state);
}
