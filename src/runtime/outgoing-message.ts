/** From a flow message and the sink's settings to a publication. The flow's message is only read. */
import { PoolError } from '../core/errors';
import type { Qos } from '../drivers/mqtt/profile';
import type { MessageProperties, OutgoingMessage } from '../drivers/mqtt/session';
import { AS_IS, encodePayload, isBinary, type PayloadEncoding } from './payload-encoder';
import { toUserProperties } from './user-properties';
import { t } from '../core/wording';

/** What the settings of a sink say of one message; what is unset (undefined, null or '') is up to the message. */
export interface SinkFields {
  topic?: unknown;
  qos?: unknown;
  retain?: unknown;
  responseTopic?: unknown;
  contentType?: unknown;
  userProperties?: unknown;
  correlationData?: unknown;
  messageExpiryInterval?: unknown;
}

type FlowMessage = Readonly<Record<string, unknown>>;

/**
 * @param version the version the connection speaks; undefined while that is open, which counts as 5 because an older
 *   connection ignores the properties
 * @param encoding how the node writes payloads
 * @throws PoolError `MQTT_INVALID_TOPIC`, `MQTT_INVALID_QOS`, `MQTT_INVALID_PAYLOAD` or `MQTT_INVALID_PROPERTY`
 */
export function toOutgoingMessage(
  message: FlowMessage,
  fields: SinkFields,
  version: 3 | 4 | 5 | undefined,
  encoding: PayloadEncoding = AS_IS,
): OutgoingMessage {
  const properties = version === 3 || version === 4 ? undefined : readProperties(message, fields, encoding);
  const topic = readTopic(isSet(fields.topic) ? fields.topic : message['topic'], properties?.responseTopic);
  const payload = encodePayload(message['payload'], encoding);
  const qos = readQos(isSet(fields.qos) ? fields.qos : message['qos']);
  const retain = readRetain(isSet(fields.retain) ? fields.retain : message['retain']);
  return properties === undefined ? { topic, payload, qos, retain } : { topic, payload, qos, retain, properties };
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Its form is the session's to check; here it only has to be text. */
function readTopic(topic: unknown, responseTopic: string | undefined): string {
  if (typeof topic === 'string' && topic !== '') return topic;
  if (!isSet(topic) && responseTopic !== undefined) return responseTopic;
  throw new PoolError('MQTT_INVALID_TOPIC', t`There is no topic to publish to: set one in the node or in msg.topic.`);
}

function readQos(qos: unknown): Qos {
  switch (qos) {
    case undefined:
    case null:
    case '':
    case 0:
    case '0':
      return 0;
    case 1:
    case '1':
      return 1;
    case 2:
    case '2':
      return 2;
    default:
      throw new PoolError('MQTT_INVALID_QOS', t`QoS must be 0, 1 or 2, not ${describe(qos)}.`);
  }
}

function readRetain(retain: unknown): boolean {
  return retain === true || retain === 'true';
}

/** MQTT 5 properties. As in the core node, a field of the wrong type is left out, not refused. */
function readProperties(
  message: FlowMessage,
  fields: SinkFields,
  encoding: PayloadEncoding,
): MessageProperties | undefined {
  const responseTopic = isSet(fields.responseTopic) ? fields.responseTopic : message['responseTopic'];
  const contentType = isSet(fields.contentType) ? fields.contentType : message['contentType'];
  const correlation = isSet(fields.correlationData) ? fields.correlationData : message['correlationData'];
  const expiry = isSet(fields.messageExpiryInterval) ? fields.messageExpiryInterval : message['messageExpiryInterval'];
  const user = isSet(fields.userProperties) ? fields.userProperties : message['userProperties'];
  const alias = message['topicAlias'];
  // What is compressed or CBOR is no text, whatever the message says.
  const utf8 = isBinary(encoding) ? undefined : message['payloadFormatIndicator'];
  // Most messages have none of them: no object then.
  if (!(isSet(responseTopic) || isSet(contentType) || isSet(correlation) || isSet(expiry) || isSet(user))) {
    if (!isSet(alias) && !isSet(utf8)) return undefined;
  }
  const properties: { -readonly [K in keyof MessageProperties]: MessageProperties[K] } = {};
  if (typeof responseTopic === 'string' && responseTopic !== '') properties.responseTopic = responseTopic;
  if (typeof contentType === 'string' && contentType !== '') properties.contentType = contentType;
  if (isSet(correlation)) properties.correlationData = readCorrelationData(correlation);
  const expirySeconds = readInteger(expiry, 0, 0xffffffff);
  if (expirySeconds !== undefined) properties.messageExpiryInterval = expirySeconds;
  const userProperties = toUserProperties(user);
  if (userProperties) properties.userProperties = userProperties;
  const topicAlias = readInteger(alias, 1, 0xffff);
  if (topicAlias !== undefined) properties.topicAlias = topicAlias;
  if (utf8 === true || utf8 === 'true') properties.payloadFormatIndicator = true;
  if (utf8 === false || utf8 === 'false') properties.payloadFormatIndicator = false;
  return properties;
}

function readCorrelationData(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new PoolError('MQTT_INVALID_PROPERTY', t`Correlation data must be text or a Buffer, not ${describe(value)}.`);
}

/** Whole numbers, also as text with a unit behind ("60 s"), as the core node reads them. */
function readInteger(value: unknown, minimum: number, maximum: number): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = Number.parseInt(String(value), 10);
  return number >= minimum && number <= maximum ? number : undefined;
}

function describe(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? JSON.stringify(value)
    : t`a value of type ${typeof value}`;
}
