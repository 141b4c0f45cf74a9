/**
 * What may not go on a shared connection: a message that MQTT or this broker answers by closing the connection would
 * cut off every other node, so it is refused here, with the reason, to the node that sent it.
 */
import { PoolError } from '../../core/errors';
import type { MessageProperties, OutgoingMessage, ServerProperties } from './session';
import { MAX_STRING_BYTES, quote, stringFault, topicNameFault } from './topic-filter';
import { t } from '../../core/wording';

/** The largest packet MQTT can frame (MQTT 5.0, 1.5.5), less room for the header. */
const MAX_PAYLOAD_BYTES = 268_435_455 - 70_000;
const CHECKED_TOPICS = 2_000;
const checkedTopics = new Set<string>();

/** What is wrong with a message on any broker, or undefined. */
export function messageFault(message: OutgoingMessage): PoolError | undefined {
  const { topic, payload, qos = 0, properties } = message;
  if (qos !== 0 && qos !== 1 && qos !== 2) {
    return new PoolError('MQTT_INVALID_QOS', t`QoS ${quote(qos)} does not exist; use 0, 1 or 2.`);
  }
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) {
    return new PoolError('MQTT_INVALID_PAYLOAD', t`A payload is a string or a Buffer, not ${typeof payload}.`);
  }
  if (payload.length > MAX_PAYLOAD_BYTES / 3 && byteLength(payload) > MAX_PAYLOAD_BYTES) {
    const text = t`The payload has ${byteLength(payload)} bytes; MQTT carries at most ${MAX_PAYLOAD_BYTES}.`;
    return new PoolError('MQTT_PAYLOAD_TOO_LARGE', text);
  }
  return topicError(topic) ?? (properties ? propertiesError(properties) : undefined);
}

/** What is wrong with a message on the broker that is connected now, or undefined (MQTT 5.0, 3.2.2.3). */
export function serverFault(message: OutgoingMessage, server: ServerProperties, bytes: number): PoolError | undefined {
  const { maximumQoS, retainAvailable, maximumPacketSize } = server;
  if (typeof maximumQoS === 'number' && (message.qos ?? 0) > maximumQoS) {
    const text = t`This broker takes QoS ${maximumQoS} at most; the message to "${message.topic}" has QoS ${message.qos}.`;
    return new PoolError('MQTT_QOS_NOT_SUPPORTED', text);
  }
  if (retainAvailable === false && message.retain) {
    const text = t`This broker keeps no retained messages; send to "${message.topic}" without retain.`;
    return new PoolError('MQTT_RETAIN_NOT_SUPPORTED', text);
  }
  if (typeof maximumPacketSize === 'number' && bytes > maximumPacketSize) {
    const text = t`This broker takes packets of ${maximumPacketSize} bytes at most; this message needs about ${bytes}.`;
    return new PoolError('MQTT_PAYLOAD_TOO_LARGE', text);
  }
  return undefined;
}

export function byteLength(payload: string | Buffer): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
}

function topicError(topic: string): PoolError | undefined {
  if (checkedTopics.has(topic)) return undefined;
  const fault = typeof topic === 'string' ? topicNameFault(topic) : t`it is not a string`;
  if (fault) return new PoolError('MQTT_INVALID_TOPIC', t`Can't publish to ${quote(topic)}: ${fault}.`);
  if (checkedTopics.size >= CHECKED_TOPICS) checkedTopics.clear();
  checkedTopics.add(topic);
  return undefined;
}

function propertiesError(properties: MessageProperties): PoolError | undefined {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    const fault = Object.hasOwn(PROPERTY_FAULTS, name)
      ? PROPERTY_FAULTS[name as keyof MessageProperties](value)
      : t`a message has no such property`;
    if (fault) return new PoolError('MQTT_INVALID_PROPERTY', t`The message property ${name} can't be sent: ${fault}.`);
  }
  return undefined;
}

/** What is wrong with a value, property by property (MQTT 5.0, 3.3.2.3). */
const PROPERTY_FAULTS: Readonly<Record<keyof MessageProperties, (value: unknown) => string | undefined>> = {
  payloadFormatIndicator: (value) => (typeof value === 'boolean' ? undefined : t`it is true or false`),
  messageExpiryInterval: (value) =>
    isWhole(value, 0xffff_ffff) ? undefined : t`it must be whole seconds from 0 to 4294967295`,
  topicAlias: (value) => (isWhole(value, 0xffff) ? undefined : t`it must be a whole number up to 65535`),
  responseTopic: (value) => (typeof value === 'string' ? topicNameFault(value) : t`it is not a string`),
  correlationData: (value) =>
    Buffer.isBuffer(value) && value.length <= MAX_STRING_BYTES
      ? undefined
      : t`it must be a Buffer of at most 65535 bytes`,
  contentType: propertyStringFault,
  userProperties: userPropertiesFault,
  reasonString: () => t`only the broker sends it`,
};

function userPropertiesFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return t`it must be an object of strings`;
  for (const [name, values] of Object.entries(value)) {
    const texts: readonly unknown[] = Array.isArray(values) ? values : [values];
    for (const text of [name, ...texts]) {
      const fault = propertyStringFault(text);
      if (fault) return t`in ${quote(name)}, ${fault}`;
    }
  }
  return undefined;
}

/** About how many bytes the properties of a message take. */
export function propertiesBytes({ properties }: OutgoingMessage): number {
  if (!properties) return 0;
  const { responseTopic = '', contentType = '', correlationData, userProperties = {} } = properties;
  let bytes = Buffer.byteLength(responseTopic) + Buffer.byteLength(contentType) + (correlationData?.length ?? 0);
  for (const [name, values] of Object.entries(userProperties)) {
    for (const text of typeof values === 'string' ? [values] : values) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(text) + 5;
    }
  }
  return bytes;
}

/** Property strings may hold control characters where topics should not, but never NUL (MQTT 5.0, 1.5.4). */
function propertyStringFault(text: unknown): string | undefined {
  if (typeof text !== 'string') return t`it is not a string`;
  // oxlint-disable-next-line no-control-regex
  return stringFault(text.replaceAll(/[\u0001-\u001f\u007f-\u009f]/g, ' '));
}

function isWhole(value: unknown, highest: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= highest;
}
