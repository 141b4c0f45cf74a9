/** From an answer to the fields that the core `http request` node gives its messages. */
import { PoolError } from '../../core/errors';
import type { HttpHeaders, HttpResponse } from '../../drivers/http/session';
import { stamp } from './header-stamp';
import { t } from '../../core/wording';

/** `txt`, `bin` and `obj` as with the core node; `auto` by the content type. */
export const RETURN_FORMATS = ['auto', 'txt', 'bin', 'obj'] as const;
export type ReturnFormat = (typeof RETURN_FORMATS)[number];

export interface ResponseFields {
  readonly payload: unknown;
  readonly statusCode: number;
  readonly headers: Record<string, unknown>;
  readonly responseUrl: string;
  readonly redirectList: readonly { readonly location: unknown; readonly cookies?: unknown }[];
  /** How often it was tried again. */
  readonly retry: number;
  readonly responseCookies?: Record<string, unknown>;
}

/** @param notJson called when the payload should be JSON and is none: it is text then */
export function responseFields(response: HttpResponse, format: ReturnFormat, notJson: () => void): ResponseFields {
  const { status, headers, url, redirects, attempts } = response;
  const cookies = headers['set-cookie'];
  const fields: ResponseFields = {
    payload: payloadOf(response, format, notJson),
    statusCode: status,
    headers: stamp(joined(headers)),
    responseUrl: url,
    redirectList: redirects.map((redirect) => {
      const set = redirect.headers['set-cookie'];
      const location = redirect.headers['location'];
      return set === undefined ? { location } : { location, cookies: cookiesOf(set) };
    }),
    retry: attempts - 1,
  };
  return cookies === undefined ? fields : { ...fields, responseCookies: cookiesOf(cookies) };
}

/** What an answer of 400 and above is as an error. */
export function statusError({ status, url }: HttpResponse): PoolError {
  const origin = new URL(url).origin;
  return new PoolError('HTTP_STATUS', t`${origin} answered ${status}; see msg.payload for what it says.`);
}

function payloadOf({ status, headers, body }: HttpResponse, format: ReturnFormat, notJson: () => void): unknown {
  const chosen = format === 'auto' ? formatOf(headers) : format;
  if (chosen === 'bin') return body;
  // As the core node has it.
  if (chosen === 'obj' && status === 204) return {};
  const text = body.toString(format === 'auto' && isLatin1(headers) ? 'latin1' : 'utf8');
  if (chosen === 'txt' || (format === 'auto' && text === '')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    notJson();
    return text;
  }
}

/** Headers of which Node takes the first when they are there several times. */
const ONE_ONLY = new Set([
  'age',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'server',
]);

/** A copy as Node has it: but for cookies, a header that is there several times is one. */
function joined(headers: HttpHeaders): Record<string, unknown> {
  // Name by name: V8 takes long to add to what a spread has made, and the mark is added.
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    copy[name] = Array.isArray(value) && name !== 'set-cookie' ? oneOf(name, value) : value;
  }
  return copy;
}

function oneOf(name: string, values: readonly string[]): string | undefined {
  return ONE_ONLY.has(name) ? values[0] : values.join(', ');
}

function formatOf(headers: HttpHeaders): Exclude<ReturnFormat, 'auto'> {
  const type = (contentTypeOf(headers).split(';')[0] ?? '').trim();
  if (/^application\/json$|\+json$/.test(type)) return 'obj';
  const isText =
    type === '' || type.startsWith('text/') || /[/+](xml|javascript|x-www-form-urlencoded|yaml)$/.test(type);
  return isText ? 'txt' : 'bin';
}

function isLatin1(headers: HttpHeaders): boolean {
  return /charset="?(iso-8859-1|latin1|windows-1252)/.test(contentTypeOf(headers));
}

function contentTypeOf(headers: HttpHeaders): string {
  const type = headers['content-type'];
  return (Array.isArray(type) ? (type[0] ?? '') : (type ?? '')).toLowerCase();
}

/** By name: the value, and the attributes as they are written. */
export function cookiesOf(lines: string | readonly string[]): Record<string, unknown> {
  const cookies: Record<string, unknown> = {};
  for (const line of typeof lines === 'string' ? [lines] : lines) {
    const [first = '', ...rest] = line.split(';');
    const [name, value] = pair(first);
    if (name === '' || value === undefined) continue;
    const cookie: Record<string, unknown> = {};
    for (const attribute of rest) {
      const [key, text] = pair(attribute);
      // An attribute without a value says nothing the core node would keep.
      if (key !== '' && text !== undefined) define(cookie, key, decoded(text));
    }
    define(cookie, 'value', decoded(value));
    define(cookies, name, cookie);
  }
  return cookies;
}

function pair(text: string): readonly [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  if (at === -1) return [text.trim(), undefined];
  return [
    text.slice(0, at).trim(),
    text
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1'),
  ];
}

/** A cookie may be called `__proto__`. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
