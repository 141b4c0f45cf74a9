/** From a publication to the message a source sends, in the fields of the core node. */
import type { MessageProperties, MqttMessage } from '../drivers/mqtt/session';
import { decompress, type Decompression } from './compression';
import { type Datatype, decodePayload } from './payload-decoder';
import { toUserProperties } from './user-properties';

/** The fields a source sets; the index signature is Node-RED's. */
export interface IncomingMessage {
  topic: string;
  payload: unknown;
  qos: 0 | 1 | 2;
  retain: boolean;
  [field: string]: unknown;
}

/**
 * A message of the flow's own: nothing in it is shared with the publication.
 *
 * @throws PoolError `INVALID_JSON`, `INVALID_CBOR`, or those of `decompress`
 */
export function toFlowMessage(
  message: MqttMessage,
  datatype: Datatype,
  addsTopicCopy: boolean,
  decompression?: Decompression,
): IncomingMessage {
  const { topic, qos, retain, properties } = message;
  const bytes = decompression ? decompress(message.payload, decompression) : message.payload;
  const payload = decodePayload(bytes, datatype, properties, message.exclusive || bytes !== message.payload);
  const result: IncomingMessage = { topic, payload, qos, retain };
  if (properties !== undefined) copyProperties(properties, result);
  if (addsTopicCopy) result['_topic'] = topic;
  return result;
}

/** What goes with the error when the payload can't be decoded, for a Catch node. */
export function toUndecodedMessage(message: MqttMessage): IncomingMessage {
  const { topic, qos, retain } = message;
  return { topic, payload: Buffer.from(message.payload), qos, retain };
}

function copyProperties(properties: MessageProperties, result: IncomingMessage): void {
  if (properties.responseTopic) result['responseTopic'] = properties.responseTopic;
  if (properties.correlationData) result['correlationData'] = Buffer.from(properties.correlationData);
  if (properties.contentType) result['contentType'] = properties.contentType;
  if (properties.messageExpiryInterval !== undefined) {
    result['messageExpiryInterval'] = properties.messageExpiryInterval;
  }
  if (properties.payloadFormatIndicator !== undefined) {
    result['payloadFormatIndicator'] = properties.payloadFormatIndicator;
  }
  if (properties.reasonString) result['reasonString'] = properties.reasonString;
  const userProperties = properties.userProperties && toUserProperties(properties.userProperties);
  if (userProperties) result['userProperties'] = userProperties;
}
