/** A request as it was asked for, checked and brought to one shape; what can't be sent is said here. */
import { PoolError } from '../../core/errors';
import { ACCEPT_ENCODING } from './decode-body';
import { type NormalHttpProfile, normaliseRetry } from './normalise-profile';
import type { HttpRetry } from './profile';
import { isIdempotent } from './retry-rules';
import type { HttpRequest, QueryValue } from './session';

export type WireHeaders = Record<string, string | string[]>;

/** One stop of a request: redirects lead to others. */
export interface Hop {
  readonly method: string;
  /** Without the credentials of the profile. */
  readonly url: URL;
  readonly headers: WireHeaders;
  readonly body: Buffer | undefined;
}

export interface PreparedRequest {
  readonly hop: Hop;
  readonly retry: HttpRetry;
  readonly maxRedirects: number;
  readonly timeoutMillis: number;
  /** Brings an idempotency key: it may be repeated whatever its method. */
  readonly keyed: boolean;
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Set by the client itself, from what is really sent and by way of which proxy. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const ONCE: Partial<HttpRetry> = { attempts: 1 };

/** @throws PoolError `HTTP_INVALID_REQUEST` */
export function prepareRequest(request: HttpRequest, profile: NormalHttpProfile): PreparedRequest {
  const method = (request.method ?? 'GET').toUpperCase();
  if (!TOKEN.test(method) || method === 'CONNECT') throw invalid('The method is no HTTP method that can be sent');
  const url = urlOf(request.path ?? '', profile.baseUrl);
  for (const [name, value] of Object.entries(request.query ?? {})) addQuery(url, name, value);
  const headers = headersOf(request.headers ?? {});
  headers['accept-encoding'] ??= ACCEPT_ENCODING;
  headers['user-agent'] ??= 'node-red-connection-pool';
  if (request.idempotencyKey !== undefined) {
    if (/[^\x21-\x7e]/.test(request.idempotencyKey))
      throw invalid('The idempotency key must be plain ASCII without spaces');
    headers['idempotency-key'] = request.idempotencyKey;
  }
  const { timeoutMillis = profile.requestTimeoutMillis, maxRedirects = profile.maxRedirects } = request;
  if (!(timeoutMillis >= 0 && timeoutMillis < 2 ** 31))
    throw invalid('The time limit must be a number of milliseconds');
  if (!(maxRedirects >= 0)) throw invalid('The number of redirects must be a number from 0');
  return {
    hop: { method, url, headers, body: bodyOf(request.body) },
    retry: request.retry === undefined ? profile.retry : retryOf(profile.retry, request.retry || ONCE),
    maxRedirects,
    timeoutMillis,
    keyed: request.idempotencyKey !== undefined,
  };
}

/** Whether sending it twice is the same as sending it once. */
export function isRepeatable(hop: Hop, keyed: boolean): boolean {
  return keyed || isIdempotent(hop.method);
}

function urlOf(path: string, baseUrl: string): URL {
  if (typeof path !== 'string') throw invalid('The path must be a string');
  const absolute = /^[a-z][a-z\d+.-]*:\/\//i.test(path);
  const between = path === '' || /^[/?#]/.test(path) ? '' : '/';
  const text = absolute ? path : `${baseUrl}${between}${path}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw invalid('Base URL and path together are no valid URL');
  if (!absolute && url.origin !== new URL(baseUrl).origin) throw invalid('The path leads away from the base URL');
  if (url.username !== '' || url.password !== '')
    throw invalid('User and password belong into the profile, not into a URL');
  url.hash = '';
  return url;
}

function addQuery(url: URL, name: string, value: QueryValue | readonly QueryValue[] | undefined): void {
  for (const one of Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue | undefined]) {
    if (one !== undefined) url.searchParams.append(name, String(one));
  }
}

function headersOf(given: NonNullable<HttpRequest['headers']>): WireHeaders {
  const headers: WireHeaders = Object.create(null) as WireHeaders;
  for (const [key, value] of Object.entries(given)) {
    const name = key.toLowerCase();
    if (value === undefined || value === null || OWN_HEADERS.has(name)) continue;
    if (!TOKEN.test(name)) throw invalid('A header has a name that can not be sent');
    const values = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(String);
    if (name === 'expect') throw invalid('The header "expect" is not supported');
    if (values.some((text) => /[^\t\x20-\x7e\x80-\xff]/.test(text))) {
      throw invalid(`The header "${name}" has a character that can't be sent in a header`);
    }
    headers[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return headers;
}

function bodyOf(body: unknown): Buffer | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw invalid('The body must be a string or a Buffer');
}

function retryOf(defaults: HttpRetry, given: Partial<HttpRetry>): HttpRetry {
  try {
    return normaliseRetry(defaults, given);
  } catch (thrown) {
    throw invalid(thrown instanceof Error ? thrown.message.replace(/\..*/s, '') : 'The retry settings are wrong');
  }
}

export function invalid(what: string): PoolError {
  return new PoolError('HTTP_INVALID_REQUEST', `${what}; correct the request.`, { kind: 'refused' });
}
