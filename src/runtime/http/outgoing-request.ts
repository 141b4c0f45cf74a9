/** From a message and the settings of a sink to the request that is sent. */
import { randomUUID } from 'node:crypto';
import { PoolError } from '../../core/errors';
import type { HttpRequest } from '../../drivers/http/session';
import { isPlainObject } from '../settings-readers';
import type { FieldValues } from '../typed-inputs';
import { textOf } from './body-text';
import { requestHeaders } from './header-stamp';
import type { HttpSinkSettings } from './http-sink-settings';
import { plainValues } from './named-values';
import { compress, isBodiless, toBody } from './outgoing-body';
import { t } from '../../core/wording';

type Message = Readonly<Record<string, unknown>>;
type Headers = Record<string, string | number | readonly string[]>;

/** RFC 6265, 4.1.1. */
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * @param onRetry told of retries of the request
 * @throws PoolError `HTTP_INVALID_REQUEST`, `HTTP_INVALID_BODY`
 */
export function toRequest(
  message: Message,
  fields: FieldValues<string>,
  settings: HttpSinkSettings,
  onRetry: NonNullable<HttpRequest['onRetry']>,
): HttpRequest | Promise<HttpRequest> {
  const { attempts, query } = settings;
  const { followRedirects } = message;
  const method = textField(() => t`method`, fields['method'] ?? 'GET').toUpperCase();
  const headers = headersOf(message, fields, settings);
  const body = isBodiless(method) ? undefined : bodyOf(fields, settings, headers);
  const request: HttpRequest = {
    method,
    path: textField(() => t`path`, fields['path'] ?? ''),
    query: query.none ? undefined : queryOf(query.entries(fields)),
    headers,
    body,
    timeoutMillis: timeLimit(message['requestTimeout'], settings),
    // As with the core node.
    maxRedirects: followRedirects === undefined || followRedirects ? undefined : 0,
    retry: attempts === undefined ? undefined : { attempts },
    idempotencyKey: keyOf(fields, settings),
    onRetry,
  };
  if (!settings.compress || !body || body.length === 0 || headers['content-encoding'] !== undefined) return request;
  return compress(body).then((packed) => ({
    ...request,
    body: packed,
    headers: { ...headers, 'content-encoding': 'gzip' },
  }));
}

/** The body; says in `headers` what it is. */
function bodyOf(fields: FieldValues<string>, settings: HttpSinkSettings, headers: Headers): HttpRequest['body'] {
  const contentType = String(headers['content-type'] ?? '');
  const body = toBody(fields['body'], settings.bodyFormat, contentType.toLowerCase() || undefined, fields['files']);
  if (body?.contentType && (body.binding || contentType === '')) headers['content-type'] = body.contentType;
  return body?.body;
}

function queryOf(entries: readonly (readonly [string, unknown])[]) {
  return Object.fromEntries(entries.map(([name, value]) => [name, plainValues(name, value)] as const));
}

function headersOf(message: Message, fields: FieldValues<string>, settings: HttpSinkSettings): Headers {
  const headers: Headers = {};
  if (settings.messageHeaders) {
    const { headers: given, cookies } = message;
    for (const [name, value] of Object.entries(requestHeaders(given))) {
      // That of a message was for another server.
      if (name.toLowerCase() !== 'host') put(headers, name, value);
    }
    const cookie = cookieHeader(cookies);
    if (cookie !== '') put(headers, 'cookie', [headers['cookie'], cookie].filter(Boolean).join('; '));
  }
  for (const [name, value] of settings.headers.entries(fields)) put(headers, name, value);
  return headers;
}

function put(headers: Headers, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const plain = plainValues(name, value);
  headers[name.toLowerCase()] = Array.isArray(plain) ? plain.map(String) : String(plain);
}

/** `msg.requestTimeout` as with the core node, or what the settings say. */
function timeLimit(given: unknown, { timeoutMillis }: HttpSinkSettings): number | undefined {
  const millis = given === undefined || given === null ? timeoutMillis : Number(given);
  if (millis === undefined || (millis >= 0 && millis < 2 ** 31)) return millis;
  throw new PoolError('HTTP_INVALID_REQUEST', t`msg.requestTimeout must be a number of milliseconds.`);
}

function keyOf(fields: FieldValues<string>, { idempotency }: HttpSinkSettings): string | undefined {
  if (idempotency === 'none') return undefined;
  if (idempotency === 'generated') return randomUUID();
  const key = fields['idempotencyKey'];
  return key === undefined || key === null || key === '' ? undefined : textField(() => t`idempotency key`, key);
}

/** As `msg.cookies` of the core node: text, or an object with `value`; null is for the HTTP Response node. */
function cookieHeader(cookies: unknown): string {
  if (!isPlainObject(cookies)) return '';
  return Object.entries(cookies)
    .map(([name, cookie]) => {
      const { value, encode } = isPlainObject(cookie) ? cookie : { value: cookie, encode: true };
      if (value === undefined || value === null) return '';
      if (!COOKIE_NAME.test(name)) {
        throw new PoolError('HTTP_INVALID_REQUEST', t`A cookie of the message has a name that can not be sent.`);
      }
      const text = textOf(value);
      return `${name}=${encode === false ? text : encodeURIComponent(text)}`;
    })
    .filter((cookie) => cookie !== '')
    .join('; ');
}

function textField(field: () => string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new PoolError('HTTP_INVALID_REQUEST', t`The ${field()} must be text; correct where the node takes it from.`);
}
