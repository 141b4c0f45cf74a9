/** What a broker allows of subscriptions, from its CONNACK (MQTT 5.0, 3.2.2.3). */
import { PoolError } from '../../core/errors';
import type { MqttProfile } from './profile';
import type { ServerProperties } from './session';
import type { FilterEntry } from './subscriber';
import { t } from '../../core/wording';

/** How the present connection wants its subscriptions. */
export interface SubscriptionRules {
  readonly version: 3 | 4 | 5;
  readonly identifiers: boolean;
  /** The session outlives the connection, so identifiers must mean the same in the next process. */
  readonly persistent: boolean;
  readonly filtersPerPacket: number;
  /** Why the broker would not take such a filter, or undefined. */
  readonly refusal: (entry: FilterEntry) => PoolError | undefined;
}

const FILTERS_PER_PACKET = 500;
/** AWS IoT Core takes at most eight filters in one SUBSCRIBE. */
const AWS_HOST = /\.amazonaws\.com(\.cn)?(:|\/|$)/;
const AWS_FILTERS_PER_PACKET = 8;

export function subscriptionRules(
  { cleanSession = true }: MqttProfile,
  version: 3 | 4 | 5,
  server: ServerProperties,
  broker: string,
): SubscriptionRules {
  const identifiers = version === 5 && server.subscriptionIdentifiersAvailable !== false;
  const persistent = !cleanSession;
  const most = AWS_HOST.test(broker) ? AWS_FILTERS_PER_PACKET : FILTERS_PER_PACKET;
  return {
    version,
    identifiers,
    persistent,
    // In a persistent session the identifier must tell the filter by itself.
    filtersPerPacket: identifiers && persistent ? 1 : most,
    refusal: (entry) => refusal(entry, server),
  };
}

function refusal({ filter }: FilterEntry, server: ServerProperties): PoolError | undefined {
  if (server.wildcardSubscriptionAvailable === false && filter.hasWildcard) {
    return new PoolError(
      'MQTT_SUBSCRIPTION_REFUSED',
      t`This broker does not offer wildcard subscriptions such as "${filter.text}".`,
    );
  }
  if (server.sharedSubscriptionAvailable === false && filter.share !== undefined) {
    return new PoolError(
      'MQTT_SUBSCRIPTION_REFUSED',
      t`This broker does not offer shared subscriptions such as "${filter.text}".`,
    );
  }
  return undefined;
}
