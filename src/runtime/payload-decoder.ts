/** From the bytes of a publication to `msg.payload`, by the node's output setting and what MQTT 5 says of the content. */
import { isUtf8 } from 'node:buffer';
import { PoolError } from '../core/errors';
import type { MessageProperties } from '../drivers/mqtt/session';
import { parseCbor } from './payload-cbor';
import { t } from '../core/wording';

/** The output setting of a source: auto-detect, auto, buffer, utf8, json, base64 or cbor; anything else counts as auto. */
export type Datatype = string;

type MediaKind = 'string' | 'json' | 'buffer';

const MEDIA_TYPES = new Map<string, MediaKind>([
  ['text/plain', 'string'],
  ['text/html', 'string'],
  ['text/css', 'string'],
  ['application/xml', 'string'],
  ['application/json', 'json'],
  ['application/octet-stream', 'buffer'],
  ['application/pdf', 'buffer'],
  ['application/zip', 'buffer'],
  ['application/x-gtar', 'buffer'],
  ['application/x-gzip', 'buffer'],
  ['application/x-tar', 'buffer'],
  ['audio/aac', 'buffer'],
  ['audio/ac3', 'buffer'],
  ['audio/basic', 'buffer'],
  ['audio/mp4', 'buffer'],
  ['audio/ogg', 'buffer'],
  ['image/bmp', 'buffer'],
  ['image/gif', 'buffer'],
  ['image/jpeg', 'buffer'],
  ['image/tiff', 'buffer'],
  ['image/png', 'buffer'],
]);

/**
 * The value for `msg.payload`: the given buffer itself only if nobody else has it.
 *
 * @param exclusive whether the buffer is this receiver's alone
 * @throws PoolError `INVALID_JSON` when it had to be JSON and isn't, `INVALID_CBOR` likewise
 */
export function decodePayload(
  payload: Buffer,
  datatype: Datatype,
  properties?: MessageProperties,
  exclusive = false,
): unknown {
  switch (datatype) {
    case 'buffer':
      return exclusive ? payload : Buffer.from(payload);
    case 'base64':
      return payload.toString('base64');
    case 'cbor':
      return parseCbor(payload);
    case 'utf8':
      return payload.toString('utf8');
    case 'json':
      if (properties?.payloadFormatIndicator !== true && !isUtf8(payload)) throw invalidJson(t`it is not UTF-8 text`);
      return parseJson(payload.toString('utf8'));
    default:
      return detect(payload, datatype === 'auto-detect', properties, exclusive);
  }
}

function detect(
  payload: Buffer,
  parses: boolean,
  properties: MessageProperties | undefined,
  exclusive: boolean,
): unknown {
  const contentType = properties?.contentType;
  switch (contentType ? MEDIA_TYPES.get(contentType.toLowerCase()) : undefined) {
    case 'buffer':
      return exclusive ? payload : Buffer.from(payload);
    case 'string':
      return payload.toString('utf8');
    case 'json': {
      const text = payload.toString('utf8');
      const value = parseJson(text);
      return parses ? value : text;
    }
    case undefined:
      break;
  }
  if (properties?.payloadFormatIndicator !== true && !isText(payload))
    return exclusive ? payload : Buffer.from(payload);
  const text = payload.toString('utf8');
  return parses && mayBeJson(text) ? jsonOrText(text) : text;
}

/** UTF-8 without control characters other than tab and line ends: what the core nodes take for text, too. */
function isText(payload: Buffer): boolean {
  for (const byte of payload) {
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f) return false;
  }
  return isUtf8(payload);
}

/** A failed `JSON.parse` costs more than all the rest, so what can't begin a JSON text isn't tried. */
function mayBeJson(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    switch (code) {
      case 0x20: // white space
      case 0x09:
      case 0x0a:
      case 0x0d:
        continue;
      case 0x22: // "
      case 0x2d: // -
      case 0x5b: // [
      case 0x7b: // {
        return true;
      case 0x66: // false, null, true
      case 0x6e:
      case 0x74:
        return isLiteral(text.slice(index).trimEnd());
      default:
        return code >= 0x30 && code <= 0x39;
    }
  }
  return false;
}

function isLiteral(text: string): boolean {
  return text === 'true' || text === 'false' || text === 'null';
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidJson(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function invalidJson(why: string, cause?: unknown): PoolError {
  const message = t`The payload can't be parsed as JSON: ${why}.`;
  return new PoolError('INVALID_JSON', message, cause === undefined ? {} : { cause });
}
