/**
 * The mark that the core `http request` node leaves on the headers of an answer, so that they are not sent as those of
 * the next request: `x-node-red-request-node` holds a hash of the others. The hash is that of the package hash-sum, for
 * the core node must recognise ours, and we its.
 */
import { isPlainObject } from '../settings-readers';

export const STAMP = 'x-node-red-request-node';

const FEW = 24;
const STRING_KIND = known('[object String]');
const STRING_TYPE = known('string');

type Headers = Readonly<Record<string, unknown>>;

/** Puts the mark on headers. */
export function stamp(headers: Record<string, unknown>): Record<string, unknown> {
  headers[STAMP] = hashOf(headers);
  return headers;
}

/** The headers of a message that are meant for a request: none if they are those of an answer, untouched. */
export function requestHeaders(value: unknown): Record<string, unknown> {
  if (!isPlainObject(value)) return {};
  const { [STAMP]: mark, ...headers } = value;
  return mark !== undefined && mark === hashOf(headers) ? {} : headers;
}

function hashOf(headers: Headers): string {
  return foldValue(0, '', headers).toString(16).padStart(8, '0');
}

function foldValue(before: number, key: string, value: unknown): number {
  if (typeof value === 'string') return fold(foldKnown(foldKnown(fold(before, key), STRING_KIND), STRING_TYPE), value);
  const kind = Object.prototype.toString.call(value);
  const hash = fold(fold(fold(before, key), kind), typeof value);
  if (typeof value !== 'object' || value === null) return fold(hash, String(value));
  let inner = hash;
  for (const name of namesInOrder(value)) inner = foldValue(inner, name, (value as Record<string, unknown>)[name]);
  return fold(inner, Array.isArray(value) ? value.join(',') : kind);
}

/** Headers are few: they are in order sooner than `sort` has made its lists. */
function namesInOrder(value: object): string[] {
  const names = Object.keys(value);
  if (names.length > FEW) return names.sort();
  for (let end = 1; end < names.length; end += 1) {
    const name = names[end] ?? '';
    let place = end;
    for (; place > 0 && (names[place - 1] ?? '') > name; place -= 1) names[place] = names[place - 1] ?? '';
    names[place] = name;
  }
  return names;
}

/** A text that is folded again and again: what it does to a hash, as a factor and a sum. */
interface Known {
  readonly factor: number;
  readonly sum: number;
}

function known(text: string): Known {
  let [factor, sum] = [1, 0];
  for (let index = 0; index < text.length; index += 1) {
    factor = Math.imul(factor, 31);
    sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0;
  }
  return { factor, sum };
}

function foldKnown(before: number, { factor, sum }: Known): number {
  return positive((Math.imul(before, factor) + sum) | 0);
}

function fold(before: number, text: string): number {
  if (text === '') return before;
  let hash = before | 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return positive(hash);
}

/** As its original does. */
function positive(hash: number): number {
  return hash < 0 ? hash * -2 : hash;
}
