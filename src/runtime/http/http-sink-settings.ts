/** From the flow JSON of an HTTP sink to what it sends and what it gives back. */
import { CheckedReaders, readBoolean, readText, type Settings } from '../settings-readers';
import type { TypedInput } from '../typed-inputs';
import { NamedValues } from './named-values';
import { BODY_FORMATS, type BodyFormat, isBodiless } from './outgoing-body';
import { PATH_TEMPLATE } from './path-template';
import { RETURN_FORMATS, type ReturnFormat } from './response-message';

export interface HttpSinkSettings {
  /** Method, path, body and the other fields, query and headers included. */
  readonly inputs: readonly TypedInput<string>[];
  readonly query: NamedValues;
  readonly headers: NamedValues;
  /** Whether `msg.headers` and `msg.cookies` are sent, too. @default true */
  readonly messageHeaders: boolean;
  readonly bodyFormat: BodyFormat;
  /** Send the body compressed with gzip. */
  readonly compress: boolean;
  readonly returns: ReturnFormat;
  /** An answer of 400 and above is an error rather than a message. Without an output there are no messages. */
  readonly failOnStatus: boolean;
  readonly hasOutput: boolean;
  readonly idempotency: 'none' | 'generated' | 'input';
  /** Undefined: as the profile says. */
  readonly attempts: number | undefined;
  readonly timeoutMillis: number | undefined;
}

export const readers = new CheckedReaders('HTTP_INVALID_NODE', 'node', 'pool-http-sink');
const DAY_SECONDS = 86_400;

/** @throws PoolError `HTTP_INVALID_NODE`, naming the field */
export function readSinkSettings(settings: Settings): HttpSinkSettings {
  const query = new NamedValues(settings['query'], 'query parameter');
  const headers = new NamedValues(settings['headers'], 'header');
  const hasOutput = Number(settings['outputs'] ?? 1) !== 0;
  const typed = (field: string, value: string, type: string): TypedInput<string> => {
    const set = settings[field] ?? value;
    return { field, value: set, type: readText(settings, `${field}Type`) || type };
  };
  const method = typed('method', 'GET', 'str');
  const body = { ...typed('body', 'payload', 'msg'), template: { code: 'HTTP_INVALID_BODY' } };
  // A body that is never sent is not worked out.
  const neverBody = method.type === 'str' && isBodiless(String(method.value).toUpperCase());
  return {
    inputs: [
      method,
      { ...typed('path', '', 'template'), template: PATH_TEMPLATE },
      ...(neverBody ? [] : [body, typed('files', 'files', 'msg')]),
      typed('idempotencyKey', '', 'msg'),
      ...query.inputs,
      ...headers.inputs,
    ],
    query,
    headers,
    messageHeaders: readBoolean(settings, 'messageHeaders', true),
    bodyFormat: readers.word(settings, 'bodyFormat', BODY_FORMATS) ?? 'auto',
    compress: readBoolean(settings, 'compress', false),
    returns: readers.word(settings, 'returns', RETURN_FORMATS) ?? 'auto',
    failOnStatus: !hasOutput || readBoolean(settings, 'failOnStatus', false),
    hasOutput,
    idempotency: readers.word(settings, 'idempotency', ['none', 'generated', 'input']) ?? 'none',
    attempts: readers.integer(settings, 'attempts', 1, 1_000),
    timeoutMillis: readers.seconds(settings, 'timeoutSeconds', 0, DAY_SECONDS),
  };
}
