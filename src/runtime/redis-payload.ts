/**
 * Values on their way to Redis and back, in the format that the node was set to. Redis knows bytes alone, so that how
 * they are meant is never guessed: "auto" is a choice like the others, with rules of its own.
 */
import { PoolError } from '../core/errors';
import { decodePayload } from './payload-decoder';

/** How a value is written and read. There is no MessagePack: a Buffer holds one that the flow has made. */
export type PayloadFormat = 'string' | 'json' | 'buffer' | 'auto';

const FORMATS: ReadonlySet<unknown> = new Set<PayloadFormat>(['string', 'json', 'buffer', 'auto']);

export function isPayloadFormat(value: unknown): value is PayloadFormat {
  return FORMATS.has(value);
}

/**
 * The value as Redis gets it:
 * - `string`: strings as they are, finite numbers, booleans and BigInts as text, bytes (a Buffer, typed array or
 *   ArrayBuffer) as they are
 * - `json`: what has a JSON form as JSON, strings in quotes
 * - `buffer`: bytes as they are, strings as UTF-8
 * - `auto`: strings, numbers, booleans, BigInts and bytes as with `string`, other objects and arrays as with `json`
 *
 * In every format these are errors: undefined, null (other than as JSON), NaN and infinities, symbols, functions, Maps
 * and Sets (JSON would lose their content), and objects that refer to themselves or contain a BigInt.
 *
 * @throws PoolError `REDIS_INVALID_PAYLOAD`
 */
export function encodeValue(value: unknown, format: PayloadFormat): string | Buffer {
  if (format === 'json') return toJson(value);
  const bytes = toBytes(value);
  if (bytes) return bytes;
  if (typeof value === 'string') return format === 'buffer' ? Buffer.from(value) : value;
  if (format === 'buffer') throw invalid(value, 'must be a Buffer or a string; choose another format for other values');
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(value, 'is not a number that can be stored');
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) throw invalid(value, 'is nothing that can be stored');
  if (format === 'string') throw invalid(value, 'is no text; choose JSON as the format');
  return toJson(value);
}

/**
 * The value that the bytes stand for:
 * - `string`: text (UTF-8)
 * - `json`: the parsed JSON
 * - `buffer`: the bytes
 * - `auto`: as the MQTT source detects it: a Buffer if the bytes are no text, the parsed value if they are JSON (objects,
 *   arrays, strings in quotes, true, false, null, and numbers that lose nothing, so not "1.0" or twenty digits), else text
 *
 * @throws PoolError `INVALID_JSON`
 */
export function decodeValue(bytes: Buffer, format: PayloadFormat): unknown {
  switch (format) {
    case 'string':
      return bytes.toString('utf8');
    case 'buffer':
      return bytes;
    case 'json':
      return decodePayload(bytes, 'json');
    case 'auto': {
      const value = decodePayload(bytes, 'auto-detect', undefined, true);
      if (typeof value !== 'number') return value;
      const text = bytes.toString('utf8');
      return String(value) === text ? value : text;
    }
  }
}

/** The bytes of a Buffer, typed array, DataView or ArrayBuffer; undefined for everything else. */
export function toBytes(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value);
  return undefined;
}

function toJson(value: unknown): string {
  if (toBytes(value)) throw invalid(value, 'has no JSON form; choose another format');
  if (value instanceof Map || value instanceof Set)
    throw invalid(value, 'has no JSON form; make it an object or array');
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(value, 'has no JSON form');
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw invalid(value, `can't be written as JSON: ${why}`, cause);
  }
  if (json === undefined) throw invalid(value, 'has no JSON form');
  return json;
}

/** The kind of a value in words, never its content: `a Buffer`, `null`, `an object`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return 'a BigInt';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  if (Buffer.isBuffer(value)) return 'a Buffer';
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object';
}

function invalid(value: unknown, what: string, cause?: unknown): PoolError {
  const message = `The value (${kindOf(value)}) ${what}.`;
  return new PoolError('REDIS_INVALID_PAYLOAD', message, cause === undefined ? {} : { cause });
}
