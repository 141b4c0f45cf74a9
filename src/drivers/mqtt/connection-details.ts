/** What an MQTT connection tells of itself in the pool's snapshot. */
import type { MqttConnection } from './mqtt-connection';

export function connectionDetails(connection: MqttConnection): Record<string, unknown> {
  const { version, clientId, broker, publisher, table, acknowledgements } = connection;
  const subscriptions = [...table.index.entries].map(({ filter, broker: side, coveredBy, subscribers }) => ({
    filter: filter.text,
    subscribers: subscribers.size,
    state: coveredBy ? 'covered' : side.kind,
    ...(side.kind === 'active' || side.kind === 'pending' ? { qos: side.qos } : {}),
    ...(coveredBy ? { coveredBy: coveredBy.filter.text } : {}),
  }));
  return {
    protocolVersion: version ?? null,
    clientId,
    broker,
    subscriptions,
    queued: publisher.queued,
    inFlight: publisher.inFlight,
    unacknowledged: acknowledgements.count,
  };
}
