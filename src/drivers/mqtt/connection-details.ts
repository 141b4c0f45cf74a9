/** What an MQTT connection tells of itself: in the pool's snapshot, and to those who look closely. */
import { listSome, type SubscriptionsView, type SubscriptionView } from '../../core/views';
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

function viewOf({ filter, broker, subscribers, messages }: FilterEntry): SubscriptionView {
  let qos = 0;
  if (broker.kind === 'active') qos = broker.granted;
  else for (const subscriber of subscribers) qos = Math.max(qos, subscriber.qos);
  return {
    filter: filter.text,
    qos,
    nodes: subscribers.size,
    messages,
    ...(broker.kind === 'refused' ? { refused: broker.error.message } : {}),
  };
}
