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
import { compress, toBody } from './outgoing-body';

type Message = Readonly<Record<string, unknown>>;

/** Methods that carry no body. */
const BODILESS = new Set(['GET', 'HEAD']);

/** @throws PoolError `HTTP_INVALID_REQUEST`, `HTTP_INVALID_BODY` */
export function toRequest(
  message: Message,
  fields: FieldValues<string>,
  settings: HttpSinkSettings,
): HttpRequest | Promise<HttpRequest> {
  const method = textField('method', fields['method'] ?? 'GET').toUpperCase();
  const headers = headersOf(message, fields, settings);
  const contentType = String(headers['content-type'] ?? '');
  const body = BODILESS.has(method)
    ? undefined
    : toBody(fields['body'], settings.bodyFormat, contentType.toLowerCase() || undefined, fields['files']);
  if (body?.contentType && (body.binding || contentType === '')) headers['content-type'] = body.contentType;
  const request: HttpRequest = {
    method,
    path: textField('path', fields['path'] ?? ''),
    query: Object.fromEntries(
      settings.query.entries(fields).map(([name, value]) => [name, plainValues(name, value)] as const),
    ),
    headers,
    body: body?.body,
    ...more(message, fields, settings),
  };
  if (!settings.compress || !body || body.body.length === 0 || headers['content-encoding'] !== undefined)
    return request;
  return compress(body.body).then((packed) => ({
    ...request,
    body: packed,
    headers: { ...headers, 'content-encoding': 'gzip' },
  }));
}

function headersOf(message: Message, fields: FieldValues<string>, settings: HttpSinkSettings) {
  const headers: Record<string, string | number | readonly string[]> = {};
  const put = (name: string, value: unknown) => {
    if (value === undefined || value === null) return;
    const plain = plainValues(name, value);
    headers[name.toLowerCase()] = Array.isArray(plain) ? plain.map(String) : String(plain);
  };
  if (settings.messageHeaders) {
    for (const [name, value] of Object.entries(requestHeaders(message['headers']))) {
      // That of a message was for another server.
      if (name.toLowerCase() !== 'host') put(name, value);
    }
    const cookies = cookieHeader(message['cookies']);
    if (cookies !== '') put('cookie', [headers['cookie'], cookies].filter(Boolean).join('; '));
  }
  for (const [name, value] of settings.headers.entries(fields)) put(name, value);
  return headers;
}

/** `msg.requestTimeout` and `msg.followRedirects` as with the core node; retries and idempotency key from the settings. */
function more(message: Message, fields: FieldValues<string>, settings: HttpSinkSettings): Partial<HttpRequest> {
  const { requestTimeout, followRedirects } = message;
  const timeoutMillis = requestTimeout === undefined ? settings.timeoutMillis : Number(requestTimeout);
  if (timeoutMillis !== undefined && !(timeoutMillis >= 0 && timeoutMillis < 2 ** 31)) {
    throw new PoolError('HTTP_INVALID_REQUEST', 'msg.requestTimeout must be a number of milliseconds.');
  }
  const idempotencyKey = keyOf(fields, settings);
  return {
    ...(timeoutMillis === undefined ? {} : { timeoutMillis }),
    ...(followRedirects === undefined || followRedirects ? {} : { maxRedirects: 0 }),
    ...(settings.attempts === undefined ? {} : { retry: { attempts: settings.attempts } }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function keyOf(fields: FieldValues<string>, { idempotency }: HttpSinkSettings): string | undefined {
  if (idempotency === 'none') return undefined;
  if (idempotency === 'generated') return randomUUID();
  const key = fields['idempotencyKey'];
  return key === undefined || key === null || key === '' ? undefined : textField('idempotency key', key);
}

/** As `msg.cookies` of the core node: text, or an object with `value`; null is for the HTTP Response node. */
function cookieHeader(cookies: unknown): string {
  if (!isPlainObject(cookies)) return '';
  return Object.entries(cookies)
    .map(([name, cookie]) => {
      const { value, encode } = isPlainObject(cookie) ? cookie : { value: cookie, encode: true };
      if (value === undefined || value === null) return '';
      const text = textOf(value);
      return `${name}=${encode === false ? text : encodeURIComponent(text)}`;
    })
    .filter((cookie) => cookie !== '')
    .join('; ');
}

function textField(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new PoolError('HTTP_INVALID_REQUEST', `The ${field} must be text; correct where the node takes it from.`);
}
