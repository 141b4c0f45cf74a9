/** CBOR payloads: the codec of EdgeX serves the other nodes as well, with errors in their words. */
import { types } from 'node:util';
import { PoolError } from '../core/errors';
import { decodeCbor } from '../edgex/cbor-decode';
import { encodeCbor } from '../edgex/cbor-encode';
import { clause, t } from '../core/wording';

/**
 * The value of CBOR bytes; whole numbers beyond 2^53 are bigints.
 *
 * @throws PoolError `INVALID_CBOR`
 */
export function parseCbor(bytes: Buffer): unknown {
  try {
    return decodeCbor(bytes);
  } catch (cause) {
    const { detail, message } = PoolError.from(cause);
    const why = detail?.fault ?? clause(message);
    throw new PoolError('INVALID_CBOR', t`The payload can't be read as CBOR: ${why}.`, {
      cause,
      detail: { fault: why },
    });
  }
}

/** @throws PoolError `INVALID_CBOR` for what has no CBOR form */
export function writeCbor(value: unknown): Buffer {
  const isNothing = value === undefined || typeof value === 'function' || typeof value === 'symbol';
  if (isNothing || types.isMap(value) || types.isSet(value))
    throw unwritable(t`it has no CBOR form; make it an object, an array or a simple value`);
  try {
    return encodeCbor(value);
  } catch (cause) {
    const { detail, message } = PoolError.from(cause);
    throw unwritable(detail?.fault ?? clause(message), cause);
  }
}

/** The message says why, and no more: the caller says what of. */
function unwritable(fault: string, cause?: unknown): PoolError {
  return new PoolError('INVALID_CBOR', `${fault}.`, { cause, detail: { fault } });
}
