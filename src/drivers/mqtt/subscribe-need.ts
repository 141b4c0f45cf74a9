/** Whether a filter has to be subscribed (again), and how: what everyone on it wants, and what the broker has. */
import { mayMixReplays, needsNewEpoch } from './subscribe-epochs';
import type { WireOptions } from './subscribe-plan';
import type { FilterEntry, Subscriber } from './subscriber';
import type { SubscriptionRules } from './subscription-rules';
import type { Qos } from './profile';

export interface SubscribeNeed {
  readonly options: WireOptions;
  /** Whose retained messages it asks for. */
  readonly owed: readonly Subscriber[];
  /** UNSUBSCRIBE goes first: mosquitto 2.0 takes only QoS and identifier from a repeated SUBSCRIBE. */
  readonly startsAfresh: boolean;
  /**
   * A retain flag kept as published looks like a replay. So the replay has an identifier of its own, and a second
   * SUBSCRIBE without replay at once gives another to all that follows.
   */
  readonly endsReplay: boolean;
}

/**
 * What has to be subscribed, or undefined if the broker's subscription will do.
 *
 * @param subscribers all who hear through the filter
 * @param qos the highest that any of them asks for
 */
export function subscribeNeed(
  entry: FilterEntry,
  subscribers: readonly Subscriber[],
  qos: Qos,
  rules: SubscriptionRules,
): SubscribeNeed | undefined {
  const { broker } = entry;
  const now = broker.kind === 'active' || broker.kind === 'pending' ? broker : undefined;
  const owed = entry.filter.share === undefined ? subscribers.filter(({ retainedOwed }) => retainedOwed) : [];
  const wanted = wantedOptions(entry, subscribers, rules);
  // What nobody needs any more stays: noLocal and the retain flag are seen to at delivery as well.
  const nl = wanted.nl && (now?.noLocal ?? true);
  const rap = wanted.rap || (rules.identifiers && (now?.rap ?? false));
  const startsAfresh = now !== undefined && (now.noLocal !== nl || now.rap !== rap);
  const isAwaited = subscribers.some((one) => one.isAwaited);
  const isEnough = now !== undefined && now.qos >= qos && !startsAfresh;
  if (isEnough && owed.length === 0 && !needsNewEpoch(entry) && !isAwaited) return undefined;
  const everyone = owed.length === subscribers.length && subscribers.every((one) => mayMixReplays(one));
  const endsReplay = rules.identifiers && rap && owed.length > 0 && !everyone;
  return { options: { qos, nl, rap, rh: owed.length > 0 ? 0 : 2 }, owed, startsAfresh, endsReplay };
}

/** The options everyone on a filter can live with (MQTT 5.0, 3.8.3.1). */
function wantedOptions(
  entry: FilterEntry,
  subscribers: readonly Subscriber[],
  rules: SubscriptionRules,
): Pick<WireOptions, 'nl' | 'rap'> {
  const v5 = rules.version === 5;
  const nl = v5 && entry.filter.share === undefined && subscribers.every(({ noLocal }) => noLocal);
  // Without identifiers a retain flag must mean a retained message, or nobody could tell whose it is.
  const rap = v5 && rules.identifiers && subscribers.some(({ retainAsPublished }) => retainAsPublished);
  return { nl, rap };
}
