/** The body of a request, checked before anything looks into it. Node-RED has parsed it already, if it said it was JSON. */
import { isPlainObject } from '../settings-readers';
import { ApiError } from './api-error';
import { t } from '../../core/wording';

/** More than any profile with its certificates needs. */
export const MAXIMUM_BODY_BYTES = 256 * 1024;

const MAXIMUM_DEPTH = 16;
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What is needed of an Express request. */
export interface IncomingRequest {
  readonly headers: {
    readonly 'content-length'?: string | undefined;
    readonly 'content-type'?: string | undefined;
    readonly 'transfer-encoding'?: string | undefined;
  };
  readonly body?: unknown;
}

/** @throws ApiError `BODY_MISSING`, `BODY_TYPE`, `BODY_TOO_LARGE` or `BODY_INVALID` */
export function readBody({ headers, body }: IncomingRequest): Readonly<Record<string, unknown>> {
  const length = Number(headers['content-length'] ?? 0);
  if (length === 0 && headers['transfer-encoding'] === undefined) {
    throw new ApiError(400, 'BODY_MISSING', t`The request has no body; send a JSON object.`);
  }
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(415, 'BODY_TYPE', t`The body must be JSON; send it with Content-Type: application/json.`);
  }
  if (length > MAXIMUM_BODY_BYTES) throw tooLarge();
  if (!isPlainObject(body)) throw new ApiError(400, 'BODY_INVALID', t`The body must be a JSON object.`);
  checkKeys(body, 0);
  if (Buffer.byteLength(JSON.stringify(body)) > MAXIMUM_BODY_BYTES) throw tooLarge();
  return body;
}

export function tooLarge(): ApiError {
  return new ApiError(413, 'BODY_TOO_LARGE', t`The body may have ${MAXIMUM_BODY_BYTES / 1024} KiB at most.`);
}

function checkKeys(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAXIMUM_DEPTH) {
    throw new ApiError(400, 'BODY_INVALID', t`The body may be nested ${MAXIMUM_DEPTH} levels deep at most.`);
  }
  for (const [key, item] of Object.entries(value)) {
    if (UNSAFE_KEYS.has(key))
      throw new ApiError(400, 'BODY_INVALID', t`The body can't have a key "${key}"; remove it.`);
    checkKeys(item, depth + 1);
  }
}
