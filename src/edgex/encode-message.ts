/** Writes messages for the EdgeX bus in each of the forms that are in the field. */
import { randomUUID } from 'node:crypto';
import { PoolError } from '../core/errors';
import { encodeCbor } from './cbor-encode';
import { eventDto, isEdgexEvent } from './event';
import { edgexError } from './fault';
import { asBuffer, isPlainObject } from './plain';
import { decodeReading, invalidValue } from './reading';
import type { StringArrayForm } from './reading-value';
import type { EdgexForm } from './types';
import { writeExactJson } from './write-exact-json';
import { clause, t } from '../core/wording';

export interface EncodeMessageOptions {
  readonly form: EdgexForm;
  /**
   * An event as it is, an event within an AddEventRequest, or any other payload as it is.
   *
   * @default 'event' for an event, else 'payload'
   */
  readonly messageType?: 'event' | 'request' | 'payload';
  /** @default a random UUID */
  readonly correlationId?: string;
  /** Of the envelope. @default '' */
  readonly requestId?: string;
  /** @default 0 */
  readonly errorCode?: number;
  /** Of payloads that are no events. @default JSON or CBOR as the form is; text/plain for a text */
  readonly contentType?: string;
  readonly queryParams?: Readonly<Record<string, string>>;
  /** @default 'v3', which EdgeX 3.x and 4.x have; 2.x has 'v2' */
  readonly apiVersion?: string;
  /** How arrays of strings are written: `plain` is `[a, b]` of before core-contracts 4.0.3. @default 'json' */
  readonly stringArrays?: StringArrayForm;
  /** Leaves out of readings what the event says already, as EDGEX_OPTIMIZE_EVENT_PAYLOAD. @default false */
  readonly shortened?: boolean;
}

const JSON_TYPE = 'application/json';
const CBOR_TYPE = 'application/cbor';
const TEXT_TYPE = 'text/plain';

/**
 * Encodes an event or any other payload as a message of the bus.
 *
 * @throws PoolError `EDGEX_INVALID_EVENT` or `EDGEX_INVALID_VALUE`, naming the resource
 */
export function encodeMessage(content: unknown, options: EncodeMessageOptions): Buffer {
  try {
    return encode(content, options);
  } catch (thrown) {
    throw naming(content, thrown, options.form);
  }
}

function encode(content: unknown, options: EncodeMessageOptions): Buffer {
  const apiVersion = options.apiVersion ?? 'v3';
  const payload = payloadFor(content, options, apiVersion);
  const { contentType, wire } = wirePayload(payload, options);
  const envelope = {
    apiVersion,
    receivedTopic: '',
    correlationID: options.correlationId ?? randomUUID(),
    requestID: options.requestId ?? '',
    errorCode: options.errorCode ?? 0,
    payload: wire ?? null,
    contentType,
    ...(options.queryParams && { queryParams: options.queryParams }),
  };
  return options.form === 'cbor' ? encodeCbor(envelope) : json(envelope);
}

/** Data that can't be written is found only when all is written; which reading has it is worth the second look. */
function naming(content: unknown, thrown: unknown, form: EdgexForm): PoolError {
  const error = PoolError.from(thrown, 'EDGEX_INVALID_VALUE');
  if (error.code !== 'EDGEX_INVALID_VALUE' || !isEdgexEvent(content)) return error;
  for (const { resourceName, value } of content.readings) {
    if (value !== null && typeof value === 'object' && !isWritable(value, form))
      return invalidValue(resourceName, error.detail?.fault ?? clause(error.message));
  }
  return error;
}

function isWritable(value: object, form: EdgexForm): boolean {
  try {
    return (form === 'cbor' || form === 'cbor-payload' ? encodeCbor(value) : json(value)).length > 0;
  } catch {
    return false;
  }
}

function payloadFor(content: unknown, options: EncodeMessageOptions, apiVersion: string): unknown {
  const messageType = options.messageType ?? (isEdgexEvent(content) ? 'event' : 'payload');
  if (messageType === 'payload') return content;
  if (!isEdgexEvent(content))
    throw edgexError('EDGEX_INVALID_EVENT', t`Only an event can be sent as an event or request: build one first.`);
  const names = { ...content, isSingle: content.readings.length === 1 };
  const typed = content.readings.map((item, index) => (isTyped(item) ? item : decodeReading(item, names, index)));
  const dto = eventDto(
    { ...content, readings: typed },
    {
      stringArrays: options.stringArrays ?? 'json',
      shortened: options.shortened ?? false,
    },
  );
  return messageType === 'event' ? dto : { apiVersion, requestId: options.requestId || randomUUID(), event: dto };
}

/** The readings of a DTO may have their value under another name. */
function isTyped(reading: unknown): boolean {
  if (!isPlainObject(reading) || !Object.hasOwn(reading, 'value')) return false;
  return !Object.hasOwn(reading, 'objectValue') && !Object.hasOwn(reading, 'binaryValue');
}

/** What stands in the envelope for the payload. */
function wirePayload(payload: unknown, options: EncodeMessageOptions): { contentType: string; wire: unknown } {
  const { form } = options;
  const isEmpty = payload === null || payload === undefined;
  const isText = typeof payload === 'string';
  const contentType =
    options.contentType ??
    (isText ? TEXT_TYPE : form === 'cbor-payload' || holdsBytes(payload, form) ? CBOR_TYPE : JSON_TYPE);
  if (isEmpty) return { contentType, wire: null };
  const bytes = asBuffer(payload);
  if (bytes) return { contentType, wire: bytes };
  if (contentType === CBOR_TYPE) return { contentType, wire: encodeCbor(payload) };
  if (form !== 'v3') return { contentType, wire: payload };
  return {
    contentType,
    wire: isText && contentType !== JSON_TYPE ? Buffer.from(payload) : json(payload),
  };
}

/** Within an envelope of CBOR, events with bytes are CBOR of their own: that is what EdgeX encodes requests with Binary as. */
function holdsBytes(payload: unknown, form: EdgexForm): boolean {
  if (form !== 'cbor' || !isPlainObject(payload)) return false;
  const event = isPlainObject(payload.event) ? payload.event : payload;
  return (
    Array.isArray(event.readings) &&
    event.readings.some((reading) => isPlainObject(reading) && 'binaryValue' in reading)
  );
}

function json(value: unknown): Buffer {
  return Buffer.from(writeExactJson(value) ?? 'null', 'utf8');
}
