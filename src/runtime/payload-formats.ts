/**
 * Values to bytes in a format that a node was set to. How they are meant is never guessed: "auto" is a choice like the
 * others, with rules of its own, and what a format can't carry is an error.
 */
import { types } from 'node:util';
import { PoolError } from '../core/errors';
import { decodeBase64 } from '../edgex/reading-value';
import { writeCbor } from './payload-cbor';
import { clause, t } from '../core/wording';

/** How a value is written and read. There is no MessagePack: a Buffer holds one that the flow has made. */
export type PayloadFormat = 'string' | 'json' | 'buffer' | 'auto' | 'base64' | 'cbor';

export const PAYLOAD_FORMATS: readonly PayloadFormat[] = ['string', 'json', 'buffer', 'auto', 'base64', 'cbor'];

/**
 * The value as it is sent:
 * - `string`: strings as they are, finite numbers, booleans and BigInts as text, bytes (a Buffer, typed array or
 *   ArrayBuffer) as they are
 * - `json`: what has a JSON form as JSON, strings in quotes
 * - `buffer`: bytes as they are, strings as UTF-8
 * - `auto`: strings, numbers, booleans, BigInts and bytes as with `string`, other objects and arrays as with `json`
 * - `base64`: the bytes of base64 text, bytes as they are
 * - `cbor`: CBOR, with whole numbers of up to 64 bits and bytes
 *
 * In every format these are errors: undefined, null (other than as JSON or CBOR), NaN and infinities (other than as CBOR),
 * symbols, functions, Maps and Sets (JSON would lose their content), and objects that refer to themselves or, other than as
 * CBOR, contain a BigInt.
 *
 * @param code of the errors
 * @throws PoolError with that code
 */
export function encodeFormat(value: unknown, format: PayloadFormat, code: string): string | Buffer {
  const invalid = (what: string, cause?: unknown) =>
    new PoolError(code, t`The value (${kindOf(value)}) ${what}.`, cause === undefined ? {} : { cause });
  switch (format) {
    case 'json':
      return toJson(value, invalid);
    case 'cbor':
      return toCbor(value, invalid);
    case 'base64':
      return fromBase64(value, invalid);
    case 'string':
    case 'buffer':
    case 'auto':
      return toText(value, format, invalid);
  }
}

type Invalid = (what: string, cause?: unknown) => PoolError;

function toText(value: unknown, format: 'string' | 'buffer' | 'auto', invalid: Invalid): string | Buffer {
  const bytes = toBytes(value);
  if (bytes) return bytes;
  if (typeof value === 'string') return format === 'buffer' ? Buffer.from(value) : value;
  if (format === 'buffer') throw invalid(t`must be a Buffer or a string; choose another format for other values`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(t`is not a number that can be stored`);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) throw invalid(t`is nothing that can be stored`);
  if (format === 'string') throw invalid(t`is no text; choose JSON as the format`);
  return toJson(value, invalid);
}

function fromBase64(value: unknown, invalid: Invalid): Buffer {
  const bytes = toBytes(value) ?? (typeof value === 'string' ? decodeBase64(value.trim()) : undefined);
  if (bytes) return bytes;
  throw invalid(t`must be Base64 text with padding, or a Buffer`);
}

function toCbor(value: unknown, invalid: Invalid): Buffer {
  // Of typed arrays, CBOR here knows bytes alone.
  const bytes = ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) ? toBytes(value) : undefined;
  try {
    return writeCbor(bytes ?? value);
  } catch (cause) {
    throw invalid(t`can't be written as CBOR: ${clause(PoolError.from(cause).message)}`, cause);
  }
}

/** The bytes of a Buffer, typed array, DataView or ArrayBuffer; undefined for everything else. */
export function toBytes(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value);
  return undefined;
}

function toJson(value: unknown, invalid: Invalid): string {
  if (toBytes(value)) throw invalid(t`has no JSON form; choose another format`);
  if (types.isMap(value) || types.isSet(value)) throw invalid(t`has no JSON form; make it an object or array`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(t`has no JSON form`);
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw invalid(t`can't be written as JSON: ${why}`, cause);
  }
  if (json === undefined) throw invalid(t`has no JSON form`);
  return json;
}

/** The kind of a value in words, never its content: `a Buffer`, `null`, `an object`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return t`a BigInt`;
  if (typeof value !== 'object') return t`a ${typeof value}`;
  if (Array.isArray(value)) return t`an array`;
  if (Buffer.isBuffer(value)) return t`a Buffer`;
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? t`a ${name}` : t`an object`;
}
