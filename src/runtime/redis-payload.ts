/** Values on their way to Redis and back: in the format that the node was set to, and compressed if it was set so. */
import { compress, type Compression, decompress, type Decompression } from './compression';
import { parseCbor } from './payload-cbor';
import { decodePayload } from './payload-decoder';
import { encodeFormat, type PayloadFormat } from './payload-formats';

export { kindOf, type PayloadFormat, toBytes } from './payload-formats';

/** How a node writes values: a format alone is one without compression. */
export type WrittenAs = PayloadFormat | { readonly format: PayloadFormat; readonly compression: Compression };

/** How a node reads values. */
export type ReadAs = PayloadFormat | { readonly format: PayloadFormat; readonly decompression: Decompression };

/**
 * The value as Redis gets it, see `encodeFormat`.
 *
 * @throws PoolError `REDIS_INVALID_PAYLOAD`
 */
export function encodeValue(value: unknown, as: WrittenAs): string | Buffer {
  if (typeof as === 'string') return encodeFormat(value, as, 'REDIS_INVALID_PAYLOAD');
  return compress(encodeFormat(value, as.format, 'REDIS_INVALID_PAYLOAD'), as.compression);
}

/**
 * The value that the bytes stand for:
 * - `string`: text (UTF-8)
 * - `json`: the parsed JSON
 * - `buffer`: the bytes
 * - `auto`: as the MQTT source detects it: a Buffer if the bytes are no text, the parsed value if they are JSON (objects,
 *   arrays, strings in quotes, true, false, null, and numbers that lose nothing, so not "1.0" or twenty digits), else text
 * - `base64`: the bytes as Base64 text
 * - `cbor`: the value of the CBOR; whole numbers beyond 2^53 are bigints
 *
 * @throws PoolError `INVALID_JSON`, `INVALID_CBOR`, or those of `decompress`
 */
export function decodeValue(bytes: Buffer, as: ReadAs): unknown {
  if (typeof as !== 'string') return decodeValue(decompress(bytes, as.decompression), as.format);
  switch (as) {
    case 'string':
      return bytes.toString('utf8');
    case 'buffer':
      return bytes;
    case 'base64':
      return bytes.toString('base64');
    case 'cbor':
      return parseCbor(bytes);
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
