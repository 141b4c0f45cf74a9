/**
 * The codec of the EdgeX message bus for other packages and Function nodes: messages, events and topics, decoded and encoded
 * by pure functions without I/O.
 */
export { decodeCbor } from './cbor-decode';
export { encodeCbor } from './cbor-encode';
export { encodeEvent, type EncodeEventOptions, type ReadingMetadata } from './encode-event';
export { encodeMessage, type EncodeMessageOptions } from './encode-message';
export { decodeMessage, type DecodeOptions } from './envelope';
export { decodeEvent, type InvalidReadings } from './event';
export { eventTopic, type EventTopicNames, type EventTopicOptions, type NameEscape } from './event-topic';
export { parseExactJson } from './exact-json';
export type { EdgexErrorCode } from './fault';
export type { StringArrayForm } from './reading-value';
export { channelMatches, fromRedisChannel, topicMatches, toRedisChannel, toRedisPatterns } from './topics';
export type { EdgexEnvelope, EdgexEvent, EdgexForm, EdgexMessage, EdgexReading, EdgexTags, EdgexValue } from './types';
export { VALUE_TYPES, type ValueType } from './value-types';
export { writeExactJson } from './write-exact-json';
