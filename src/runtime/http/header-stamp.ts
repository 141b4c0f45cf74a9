/**
 * The mark that the core `http request` node leaves on the headers of an answer, so that they are not sent as those of
 * the next request: `x-node-red-request-node` holds a hash of the others. The hash is that of the package hash-sum, for
 * the core node must recognise ours, and we its.
 */
import { isPlainObject } from '../settings-readers';

export const STAMP = 'x-node-red-request-node';

type Headers = Readonly<Record<string, unknown>>;

/** The headers with the mark on them. */
export function stamped(headers: Headers): Record<string, unknown> {
  return { ...headers, [STAMP]: hashOf(headers) };
}

/** The headers of a message that are meant for a request: none if they are those of an answer, untouched. */
export function requestHeaders(value: unknown): Record<string, unknown> {
  if (!isPlainObject(value)) return {};
  const { [STAMP]: stamp, ...headers } = value;
  return stamp !== undefined && stamp === hashOf(headers) ? {} : headers;
}

function hashOf(headers: Headers): string {
  return foldValue(0, '', headers).toString(16).padStart(8, '0');
}

function foldValue(before: number, key: string, value: unknown): number {
  const kind = Object.prototype.toString.call(value);
  const hash = fold(fold(fold(before, key), kind), typeof value);
  if (typeof value !== 'object' || value === null) return fold(hash, String(value));
  const inner = Object.keys(value)
    .sort()
    .reduce((sum, name) => foldValue(sum, name, (value as Record<string, unknown>)[name]), hash);
  return fold(inner, Array.isArray(value) ? value.join(',') : kind);
}

function fold(before: number, text: string): number {
  if (text === '') return before;
  let hash = before;
  // The shift takes the number as 32 bits, as its original does.
  for (let index = 0; index < text.length; index += 1) hash = ((hash << 5) - hash + text.charCodeAt(index)) | 0;
  return hash < 0 ? hash * -2 : hash;
}
