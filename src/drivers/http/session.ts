/** What a lease on an HTTP connection can do, as if the client were its own. */
import type { DriverSession } from '../../core/driver';
import type { PoolError } from '../../core/errors';
import type { HttpRetry } from './profile';

export type QueryValue = string | number | boolean;

export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: string;
  /**
   * Put behind the base URL, with a query of its own or not. An absolute URL is taken as it is; unless it has the origin
   * of the base URL it gets no credentials of the profile, as after a redirect. @default ''
   */
  readonly path?: string;
  /** Added to the URL; a list repeats its name, undefined is left out. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>> | undefined;
  /** One's own `authorization` takes the place of the profile's. Lengths and connection headers are set by the driver. */
  readonly headers?: Readonly<Record<string, string | number | readonly string[] | undefined>> | undefined;
  readonly body?: string | Buffer | undefined;
  /** For all of it, waiting and retries included, in milliseconds; 0 for no limit. @default the profile's */
  readonly timeoutMillis?: number | undefined;
  /** Differences to the profile's; false for no retries. */
  readonly retry?: Partial<HttpRetry> | false | undefined;
  /** @default the profile's */
  readonly maxRedirects?: number | undefined;
  /** Sent as `Idempotency-Key`; the server does it once however often it arrives, so it may be repeated. */
  readonly idempotencyKey?: string | undefined;
  /** Gives the request up, with `HTTP_ABORTED`. */
  readonly signal?: AbortSignal;
  /** Told each time it is going to be tried again, and which request it is. Must not throw. */
  readonly onRetry?: (retry: RetryNotice, request: HttpRequest) => void;
}

export interface RetryNotice {
  /** How often it was tried so far. */
  readonly attempts: number;
  /** When it will be tried again, in milliseconds since the epoch. */
  readonly at: number;
  /** The status that led to it; undefined if there was no answer. */
  readonly status?: number;
}

/** Names in lower case; `set-cookie` is always a list. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A redirect that was followed. */
export interface HttpRedirect {
  readonly status: number;
  /** Where it came from. */
  readonly url: string;
  /** Where it led to. */
  readonly location: string;
  readonly headers: HttpHeaders;
}

export interface HttpResponse {
  /** Any status is an answer, 404 and 500 too. */
  readonly status: number;
  /** Those of lengths and encodings are gone when the body was decompressed. */
  readonly headers: HttpHeaders;
  /** Decompressed. */
  readonly body: Buffer;
  /** Where the answer came from, after redirects; without credentials. */
  readonly url: string;
  readonly redirects: readonly HttpRedirect[];
  /** How often something was sent for it, redirects and renewed tokens not counted. */
  readonly attempts: number;
}

/** Told of the outcome of a request: one of the two is called, once. Must not throw. */
export interface HttpReceiver {
  answered(response: HttpResponse): void;
  failed(error: PoolError): void;
}

export type CircuitState =
  | { readonly kind: 'closed'; readonly since: number }
  /** Requests are refused with `HTTP_CIRCUIT_OPEN` until `until`. */
  | { readonly kind: 'open'; readonly since: number; readonly until: number; readonly failures: number }
  /** One request is let through as a trial. */
  | { readonly kind: 'half-open'; readonly since: number };

export interface HttpSession extends DriverSession {
  /** Requests of this lease that have no outcome yet. */
  readonly pending: number;
  /** Those of them that wait to be sent. */
  readonly queued: number;
  /** Whether the rate limit holds requests of the connection back at the moment. */
  readonly rateLimited: boolean;
  /** Undefined if the profile has no circuit breaker. */
  readonly circuit: CircuitState | undefined;
  /**
   * Sends a request and gives the whole answer, whatever its status.
   *
   * @throws PoolError
   * - `HTTP_INVALID_REQUEST` it can't be sent as it is
   * - `HTTP_UNREACHABLE`, `HTTP_TLS`, `HTTP_PROXY_REFUSED` no connection
   * - `HTTP_CONNECTION_LOST` it broke before the answer; what was sent may have been done
   * - `HTTP_TIMEOUT` no answer, or not all of it, in time
   * - `HTTP_BAD_RESPONSE` no valid answer: malformed, shorter than announced, or with a body that can't be decompressed
   * - `HTTP_BODY_TOO_LARGE` the answer is larger than the profile's limit
   * - `HTTP_TOO_MANY_REDIRECTS`
   * - `HTTP_TOKEN_REFUSED`, `HTTP_TOKEN_UNAVAILABLE` no OAuth 2 token
   * - `HTTP_CIRCUIT_OPEN` refused by the circuit breaker
   * - `HTTP_ABORTED` by its signal or because the lease was released while it waited
   * - `QUEUE_FULL`, `QUEUE_DROPPED`, `QUEUE_EXPIRED`, `CONNECTION_CLOSED`, `LEASE_RELEASED`
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** The same with a receiver in the place of a promise, which costs less. It may be told before this returns. */
  send(request: HttpRequest, receiver: HttpReceiver): void;
  /** Calls back with every change of the circuit breaker until the lease is released; returns what stops it. */
  onCircuit(listener: (state: CircuitState) => void): () => void;
  /**
   * Gives up what waits to be sent, again or for the first time: it fails with `HTTP_WITHDRAWN` and can be given to another
   * session. What is on its way comes to its end.
   */
  withdraw(): void;
  readonly withdrawsAll: true;
}
