/** CBOR payloads: the codec of EdgeX serves the other nodes as well, with errors in their words. */
import { types } from 'node:util';
import { PoolError } from '../core/errors';
import { decodeCbor } from '../edgex/cbor-decode';
import { encodeCbor } from '../edgex/cbor-encode';

/**
 * The value of CBOR bytes; whole numbers beyond 2^53 are bigints.
 *
 * @throws PoolError `INVALID_CBOR`
 */
export function parseCbor(bytes: Buffer): unknown {
  try {
    return decodeCbor(bytes);
  } catch (cause) {
    const why = PoolError.from(cause).message.replace(/^Invalid CBOR /, '');
    throw new PoolError('INVALID_CBOR', `The payload can't be read as CBOR: ${why}`, { cause });
  }
}

/** @throws PoolError `INVALID_CBOR` for what has no CBOR form */
export function writeCbor(value: unknown): Buffer {
  const isNothing = value === undefined || typeof value === 'function' || typeof value === 'symbol';
  if (isNothing || types.isMap(value) || types.isSet(value))
    throw new PoolError('INVALID_CBOR', 'it has no CBOR form; make it an object, an array or a simple value.');
  try {
    return encodeCbor(value);
  } catch (cause) {
    throw new PoolError('INVALID_CBOR', PoolError.from(cause).message.replace(/^The value can't be written: /, ''), {
      cause,
    });
  }
}
