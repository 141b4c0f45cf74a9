/** What an MQTT connection tells of itself: in the pool's snapshot, and to those who look closely. */
import { listSome, type SubscriptionsView, type SubscriptionView } from '../../core/views';
import { highestQos } from './filter-cover';
import type { FilterIndex } from './filter-index';
import type { MqttConnection } from './mqtt-connection';
import type { FilterEntry } from './subscriber';

export function connectionDetails(connection: MqttConnection): Record<string, unknown> {
  const { version, separatesFilters, clientId, broker, publisher, table, acknowledgements } = connection;
  const subscriptions = [...table.index.entries].map(({ filter, broker: side, coveredBy, subscribers }) => ({
    filter: filter.text,
    subscribers: subscribers.size,
    state: coveredBy ? 'covered' : side.kind,
    ...(side.kind === 'active' || side.kind === 'pending' ? { qos: side.qos } : {}),
    ...(coveredBy ? { coveredBy: coveredBy.filter.text } : {}),
  }));
  return {
    protocolVersion: version ?? null,
    ...(separatesFilters === undefined ? {} : { separatesFilters }),
    clientId,
    broker,
    subscriptions,
    queued: publisher.queued,
    inFlight: publisher.inFlight,
    unacknowledged: acknowledgements.count,
  };
}

/** The filters with what came for them, `limit` of them at most. */
export function subscriptionViews(index: FilterIndex, limit: number): SubscriptionsView {
  return listSome(index.entries, index.size, limit, viewOf);
}

function viewOf(entry: FilterEntry): SubscriptionView {
  const { filter, broker, subscribers, messages } = entry;
  return {
    filter: filter.text,
    qos: qosFor(entry),
    nodes: subscribers.size,
    messages,
    ...(broker.kind === 'refused' ? { refused: broker.error.message } : {}),
  };
}

/**
 * The highest QoS of the nodes on a filter, as far as the broker grants it. The broker may still have a higher one from
 * nodes that have gone; what nobody is on has the QoS at which it is kept.
 */
function qosFor({ broker, coveredBy, subscribers }: FilterEntry): number {
  const side = coveredBy?.broker ?? broker;
  const granted = side.kind === 'active' ? side.granted : 2;
  if (subscribers.size === 0 && side.kind === 'active') return granted;
  return Math.min(granted, highestQos([...subscribers]));
}
