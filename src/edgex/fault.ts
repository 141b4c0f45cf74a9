/** The errors of the codec: each names what is wrong with the data, and a code that tells whose data it is. */
import { type ErrorDetail, PoolError } from '../core/errors';
import { t } from '../core/wording';

/**
 * - `EDGEX_INVALID_JSON`, `EDGEX_INVALID_CBOR`: the bytes are not well formed.
 * - `EDGEX_INVALID_ENVELOPE`: well formed, but no message of EdgeX.
 * - `EDGEX_INVALID_EVENT`: a message, but its event or reading lacks something or has it of the wrong type.
 * - `EDGEX_INVALID_VALUE`: the value of a reading doesn't fit its value type; the message names the resource.
 * - `EDGEX_INVALID_TOPIC`: a topic, filter or name that can't be used on the bus.
 */
export type EdgexErrorCode =
  | 'EDGEX_INVALID_JSON'
  | 'EDGEX_INVALID_CBOR'
  | 'EDGEX_INVALID_ENVELOPE'
  | 'EDGEX_INVALID_EVENT'
  | 'EDGEX_INVALID_VALUE'
  | 'EDGEX_INVALID_TOPIC';

export function edgexError(code: EdgexErrorCode, message: string, detail?: ErrorDetail): PoolError {
  return new PoolError(code, message, detail ? { detail } : {});
}

/** How deep data may be nested: far more than events have, far less than the stack bears. */
export const MAX_DEPTH = 64;

/** A name or a text of somebody else for an error message: quoted, and cut to 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** What something is, for an error message; never its content. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return t`nothing`;
  if (Array.isArray(value)) return t`an array`;
  if (value instanceof Uint8Array) return t`bytes`;
  return typeof value === 'object' ? t`an object` : t`a ${typeof value}`;
}
