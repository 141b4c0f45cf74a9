/** From `msg.payload` to bytes or text on the wire, in the format of the sink and compressed if it says so. */
import { types } from 'node:util';
import { PoolError } from '../core/errors';
import { compress, type Compression } from './compression';
import { encodeFormat, type PayloadFormat } from './payload-formats';
import { t } from '../core/wording';

/** How an MQTT sink writes payloads. `auto` is what the core node does. */
export interface PayloadEncoding {
  readonly format: PayloadFormat;
  readonly compression: Compression;
}

export const AS_IS: PayloadEncoding = { format: 'auto', compression: 'none' };

/** Whether the payload is bytes that aren't text. */
export function isBinary({ format, compression }: PayloadEncoding): boolean {
  return compression !== 'none' || format === 'cbor';
}

/** @throws PoolError `MQTT_INVALID_PAYLOAD` for what can't be written */
export function encodePayload(payload: unknown, { format, compression } = AS_IS): string | Buffer {
  const encoded = format === 'auto' ? encodeAny(payload) : encodeFormat(payload, format, 'MQTT_INVALID_PAYLOAD');
  return compress(encoded, compression);
}

function encodeAny(payload: unknown): string | Buffer {
  switch (typeof payload) {
    case 'string':
      return payload;
    case 'undefined':
      return '';
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(payload);
    case 'object':
      return payload === null ? '' : encodeObject(payload);
    case 'function':
    case 'symbol':
      throw new PoolError('MQTT_INVALID_PAYLOAD', t`A ${typeof payload} can't be sent as a payload.`);
  }
}

function encodeObject(payload: object): string | Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  if (ArrayBuffer.isView(payload)) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (types.isAnyArrayBuffer(payload)) return Buffer.from(payload);
  const json = toJson(payload);
  if (json !== undefined) return json;
  throw new PoolError('MQTT_INVALID_PAYLOAD', t`The payload has no JSON form, so it can't be sent.`);
}

function toJson(payload: object): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new PoolError('MQTT_INVALID_PAYLOAD', t`The payload can't be written as JSON: ${why}.`, { cause });
  }
}
