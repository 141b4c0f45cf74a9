/** One message on its way to the broker: what is known of it, how it becomes a packet, and what it can fail with. */
import type { MqttClient } from 'mqtt';
import { PoolError } from '../../core/errors';
import type { QueueItem } from '../../core/send-queue';
import type { MessageEvent } from '../../core/tracing';
import { byteLength } from './outgoing-check';
import { writePlainPublish } from './plain-publish';
import { reasonText } from './reason-codes';
import type { OutgoingMessage, ServerProperties } from './session';
import { t } from '../../core/wording';

export type PublishCallback = (error?: PoolError) => void;

/** A message on its way. */
export interface Outgoing extends QueueItem {
  readonly message: OutgoingMessage;
  readonly callback: PublishCallback;
  /** The packet identifier it had when the connection broke; kept while the session goes on. */
  id: number | undefined;
  /** Connections lost while it was unacknowledged. */
  losses: number;
  /** Connections the broker closed while nothing else was unacknowledged. */
  blames: number;
  /** When it was sent first, on the clock of `turnMillis`; 0 before that. */
  sentAt: number;
  traced: MessageEvent | undefined;
}

/** The connection messages go out on. */
export interface PublishWire {
  readonly client: MqttClient;
  readonly version: 3 | 4 | 5;
  readonly server: ServerProperties;
  /** The broker still has the session, so identifiers go on meaning the same. */
  readonly resumed: boolean;
}

/** At QoS 0. */
export function sendPlainly(item: Outgoing, { client, version }: PublishWire): void {
  const { topic, payload, retain = false, properties } = item.message;
  if (properties && version === 5) client.publish(topic, payload, publishOptions(item, version));
  else writePlainPublish(client.stream, topic, payload, byteLength(payload), retain, version);
}

/** What mqtt.js is to send besides topic and payload. */
export function publishOptions(item: Outgoing, version: 3 | 4 | 5) {
  const { qos = 0, retain = false, properties } = item.message;
  const dup = item.id !== undefined;
  if (version !== 5 || !properties) return { qos, retain, dup };
  const { topicAlias: _ours, messageExpiryInterval, ...rest } = properties;
  const waited = item.queuedAt ? Math.floor((Date.now() - item.queuedAt) / 1000) : 0;
  const expiry =
    messageExpiryInterval === undefined ? {} : { messageExpiryInterval: Math.max(0, messageExpiryInterval - waited) };
  return { qos, retain, dup, properties: { ...rest, ...expiry } as Record<string, never> };
}

/** A message with an expiry interval ages in the queue, too (MQTT 5.0, 3.3.2.3.3). */
export function expiredFault({ message, queuedAt }: Outgoing): PoolError | undefined {
  const seconds = message.properties?.messageExpiryInterval;
  if (seconds === undefined || !queuedAt || Date.now() - queuedAt < Math.max(1, seconds) * 1000) return undefined;
  return new PoolError('QUEUE_EXPIRED', t`The message to "${message.topic}" expired after ${seconds} s in the queue.`);
}

export function cutOffError(topic: string): PoolError {
  const text = t`The connection broke while the message to "${topic}" was written; at QoS 0 it is not sent again.`;
  return new PoolError('MQTT_CONNECTION_LOST', text);
}

export function reasonOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

export function refusedError(topic: string, code: number): PoolError {
  return new PoolError('MQTT_PUBLISH_REFUSED', t`The broker refused the message to "${topic}": ${reasonText(code)}.`);
}
