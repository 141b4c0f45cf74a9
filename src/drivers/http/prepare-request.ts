/** A request as it was asked for, checked and brought to one shape; what can't be sent is said here. */
import { PoolError } from '../../core/errors';
import { ACCEPT_ENCODING } from './decode-body';
import { type NormalHttpProfile, normaliseRetry } from './normalise-profile';
import type { HttpRetry } from './profile';
import { isIdempotent } from './retry-rules';
import type { HttpRequest, QueryValue } from './session';
import { type AddressBook, invalid, type WebAddress } from './web-address';
import { clause, t } from '../../core/wording';

export type WireHeaders = Readonly<Record<string, string | string[]>>;

/** One stop of a request: redirects lead to others. */
export interface Hop {
  readonly method: string;
  /** Without the credentials of the profile. */
  readonly address: WebAddress;
  readonly headers: WireHeaders;
  readonly body: Buffer | undefined;
}

/** The first stop, and what holds for all of them. */
export interface PreparedRequest extends Hop {
  readonly retry: HttpRetry;
  readonly maxRedirects: number;
  readonly timeoutMillis: number;
  /** Brings an idempotency key: it may be repeated whatever its method. */
  readonly keyed: boolean;
  /** As it was asked for. */
  readonly asked: HttpRequest;
}

const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Set by the client itself, from what is really sent and by way of which proxy. */
const OWN_HEADERS = new Set([
  '__proto__',
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const PLAIN_HEADERS: WireHeaders = plainHeaders();
const ONCE: Partial<HttpRetry> = { attempts: 1 };

/** @throws PoolError `HTTP_INVALID_REQUEST` */
export function prepareRequest(
  request: HttpRequest,
  profile: NormalHttpProfile,
  addresses: AddressBook,
): PreparedRequest {
  const method = String(request.method ?? 'GET').toUpperCase();
  if (!TOKEN.test(method) || method === 'CONNECT') throw invalid(t`The method is no HTTP method that can be sent`);
  const { timeoutMillis = profile.requestTimeoutMillis, maxRedirects = profile.maxRedirects } = request;
  if (!(timeoutMillis >= 0 && timeoutMillis < 2 ** 31))
    throw invalid(t`The time limit must be a number of milliseconds`);
  if (!(maxRedirects >= 0)) throw invalid(t`The number of redirects must be a number from 0`);
  return {
    method,
    address: addressOf(request, addresses),
    headers: headersOf(request.headers, request.idempotencyKey),
    body: bodyOf(request.body),
    retry: request.retry === undefined ? profile.retry : retryOf(profile.retry, request.retry || ONCE),
    maxRedirects,
    timeoutMillis,
    keyed: request.idempotencyKey !== undefined,
    asked: request,
  };
}

/** Whether sending it twice is the same as sending it once. */
export function isRepeatable(hop: Hop, keyed: boolean): boolean {
  return keyed || isIdempotent(hop.method);
}

function addressOf({ path = '', query }: HttpRequest, addresses: AddressBook): WebAddress {
  if (typeof path !== 'string') throw invalid(t`The path must be a string`);
  if (!query) return addresses.find(path);
  return addresses.find(path, (search) => {
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue | undefined]) {
        if (one !== undefined) search.append(name, String(one));
      }
    }
  });
}

/** What every request carries unless it brings its own. */
function plainHeaders(): Record<string, string | string[]> {
  return { 'accept-encoding': ACCEPT_ENCODING, 'user-agent': 'node-red-connection-pool' };
}

function headersOf(given: HttpRequest['headers'], idempotencyKey: string | undefined): WireHeaders {
  const names = given ? Object.keys(given) : [];
  if (names.length === 0 && idempotencyKey === undefined) return PLAIN_HEADERS;
  const headers = plainHeaders();
  for (const key of names) {
    const name = key.toLowerCase();
    const value: unknown = given?.[key];
    if (value === undefined || value === null || OWN_HEADERS.has(name)) continue;
    if (!TOKEN.test(name)) throw invalid(t`A header has a name that can not be sent`);
    if (name === 'expect') throw invalid(t`The header "expect" is not supported`);
    headers[name] = Array.isArray(value) ? value.map((one) => headerText(name, one)) : headerText(name, value);
  }
  if (idempotencyKey !== undefined) headers['idempotency-key'] = headerText('idempotency-key', idempotencyKey);
  return headers;
}

function headerText(name: string, value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw invalid(t`The header "${name}" must be text, a number or a list of these`);
  if (UNSENDABLE.test(value)) throw invalid(t`The header "${name}" has a character that can't be sent in a header`);
  return value;
}

function bodyOf(body: unknown): Buffer | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw invalid(t`The body must be a string or a Buffer`);
}

function retryOf(defaults: HttpRetry, given: Partial<HttpRetry>): HttpRetry {
  try {
    return normaliseRetry(defaults, given);
  } catch (thrown) {
    throw invalid(clause(PoolError.from(thrown).detail?.statement ?? t`The retry settings are wrong`));
  }
}
