/**
 * Messages of the EdgeX bus as they are in the field, recognised by themselves (MessageEnvelope of go-mod-messaging v2 to
 * v4): base64 payload, plain JSON payload, CBOR payload, the whole envelope as CBOR, and events without an envelope.
 */
import { isUtf8 } from 'node:buffer';
import { decodeCbor } from './cbor-decode';
import { decodeEvent, type InvalidReadings, isEventDto } from './event';
import { parseExactJson, parseExactJsonBytes } from './exact-json';
import { edgexError, typeName } from './fault';
import { asBuffer, getOwn, isPlainObject, type PlainObject, setOwn } from './plain';
import { decodeBase64 } from './reading-value';
import type { EdgexEnvelope, EdgexForm, EdgexMessage } from './types';
import { t } from '../core/wording';

export interface DecodeOptions {
  /** @default 'throw' */
  readonly invalidReadings?: InvalidReadings;
}

/**
 * Decodes a message of the bus.
 *
 * @throws PoolError `EDGEX_INVALID_JSON`, `EDGEX_INVALID_CBOR`, `EDGEX_INVALID_ENVELOPE`, `EDGEX_INVALID_EVENT` or
 *   `EDGEX_INVALID_VALUE`
 */
export function decodeMessage(bytes: Uint8Array, options: DecodeOptions = {}): EdgexMessage {
  const { data, isCbor } = decodeBytes(bytes);
  const keys = envelopeKeys(data);
  if (!keys) {
    if (eventIn(data) === undefined)
      throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: it has no payload and is no event either.`);
    return message({ ...BARE, apiVersion: text(data.apiVersion) }, data, options);
  }
  const contentType = mediaType(text(keys.contenttype));
  const errorCode = errorCodeOf(keys.errorcode);
  const { payload, form } = payloadOf(keys.payload, contentType, errorCode);
  const queryParams = stringMap(keys.queryparams);
  const envelope: EdgexEnvelope = {
    form: isCbor ? 'cbor' : form,
    apiVersion: text(keys.apiversion),
    correlationId: text(keys.correlationid),
    requestId: text(keys.requestid),
    errorCode,
    contentType,
    receivedTopic: text(keys.receivedtopic),
    ...(queryParams && { queryParams }),
  };
  return message(envelope, payload, options);
}

const BARE: EdgexEnvelope = {
  form: 'bare',
  apiVersion: '',
  correlationId: '',
  requestId: '',
  errorCode: 0,
  contentType: '',
  receivedTopic: '',
};

function message(envelope: EdgexEnvelope, payload: unknown, options: DecodeOptions): EdgexMessage {
  const found = envelope.errorCode === 0 ? eventIn(payload) : undefined;
  if (!found) return { kind: 'other', envelope, payload };
  return { kind: found.kind, envelope, event: decodeEvent(found.dto, options.invalidReadings), payload };
}

/** The event within a payload: itself, of a request to add it, or of the response to a read command. */
function eventIn(payload: unknown): { readonly kind: EdgexMessage['kind']; readonly dto: PlainObject } | undefined {
  if (isEventDto(payload)) return { kind: 'event', dto: payload };
  if (!isPlainObject(payload)) return undefined;
  const inner = getOwn(payload, 'event');
  if (!isEventDto(inner)) return undefined;
  return { kind: Object.hasOwn(payload, 'statusCode') ? 'other' : 'request-event', dto: inner };
}

/** JSON begins with a brace, after white space or a byte order mark at most; a CBOR map, with or without a tag, never does. */
function decodeBytes(given: Uint8Array): { readonly data: PlainObject; readonly isCbor: boolean } {
  const bytes = asBuffer(given);
  if (!bytes) throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: it is ${typeName(given)}, not bytes.`);
  const first = bytes[0];
  if (first === undefined) throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: it is empty.`);
  const isCbor = first >= 0xa0 && first < 0xe0;
  if (!isCbor && ![0x7b, 0x20, 0x09, 0x0a, 0x0d, 0xef].includes(first))
    throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: it is neither a JSON object nor a CBOR map.`);
  const data = isCbor ? decodeCbor(bytes) : parseExactJsonBytes(bytes);
  if (!isPlainObject(data))
    throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: it is ${typeName(data)}, not an object.`);
  return { data, isCbor };
}

/** The fields of an envelope by lower-case name, as early 2.x wrote them capitalised; undefined if it is none. */
function envelopeKeys(data: PlainObject): PlainObject | undefined {
  if (isEventDto(data)) return undefined;
  const keys: PlainObject = {};
  for (const [key, value] of Object.entries(data)) setOwn(keys, key.toLowerCase(), value);
  return Object.hasOwn(keys, 'payload') ? keys : undefined;
}

interface Payload {
  readonly payload: unknown;
  readonly form: EdgexForm;
}

function payloadOf(raw: unknown, contentType: string, errorCode: number): Payload {
  if (Buffer.isBuffer(raw)) {
    const type = errorCode === 0 ? contentType : 'text/plain';
    return { payload: payloadOfBytes(raw, type), form: 'cbor' };
  }
  if (typeof raw !== 'string') return { payload: raw, form: 'v4' };
  if (errorCode !== 0 || contentType.startsWith('text/')) return textPayload(raw);
  const start = raw.trimStart();
  // JSON text as a string is nobody's documented form, but can't be taken for anything else.
  if (start.startsWith('{') || start.startsWith('[')) return { payload: parseExactJson(raw), form: 'v4' };
  const bytes = decodeBase64(raw);
  if (bytes) return { payload: payloadOfBytes(bytes, contentType), form: contentType === CBOR ? 'cbor-payload' : 'v3' };
  if (contentType !== '' && !isJson(contentType) && contentType !== CBOR) return { payload: raw, form: 'v4' };
  throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: its payload is a text that is not base64.`);
}

const CBOR = 'application/cbor';

function isJson(contentType: string): boolean {
  return contentType === 'application/json' || contentType.endsWith('+json');
}

/** Without a content type, a payload that begins like a CBOR map is that, and any other is JSON. */
function payloadOfBytes(bytes: Buffer, contentType: string): unknown {
  const first = bytes[0];
  if (first === undefined) return null;
  if (contentType === CBOR) return decodeCbor(bytes);
  if (isJson(contentType)) return parseExactJsonBytes(bytes);
  if (contentType.startsWith('text/')) return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
  if (contentType !== '') return bytes;
  return first >= 0xa0 && first < 0xe0 ? decodeCbor(bytes) : parseExactJsonBytes(bytes);
}

/** 4.x writes a text as it is, 3.x its base64: it is that if it is base64 of printable text. */
function textPayload(raw: string): Payload {
  const bytes = raw === '' ? undefined : decodeBase64(raw);
  if (!bytes || !isUtf8(bytes)) return { payload: raw, form: 'v4' };
  const decoded = bytes.toString('utf8');
  return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(decoded)
    ? { payload: raw, form: 'v4' }
    : { payload: decoded, form: 'v3' };
}

/** Go refuses what isn't a whole number; taking it for 0 could turn an error into an event. */
function errorCodeOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw edgexError('EDGEX_INVALID_ENVELOPE', t`Invalid message: its errorCode is not a whole number.`);
}

function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function stringMap(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isPlainObject(value)) return undefined;
  const map: Record<string, string> = {};
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === 'string') setOwn(map, key, member);
  }
  return Object.keys(map).length > 0 ? map : undefined;
}
