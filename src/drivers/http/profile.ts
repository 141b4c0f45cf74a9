/** The settings of one HTTP connection: where the server is, how many sockets it gets, and who we say we are. */

/** TLS settings, as `tls.connect` takes them. */
export interface HttpTls {
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Client certificate; shown to the server of the base URL and of the token URL only, never after a redirect. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly pfx?: string | Buffer;
  readonly passphrase?: string;
  /** For the server of the base URL only. */
  readonly servername?: string;
  /** @default true */
  readonly rejectUnauthorized?: boolean;
}

export interface HttpProxy {
  /** `http://host:port` or `https://host:port`; user and password in it are taken as the two below. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Hosts that are reached without it: `*`, a host, or a suffix that begins with `.` or `*.`, each with or without a port. */
  readonly noProxy?: readonly string[];
}

/** OAuth 2: one token per connection, renewed once for all requests that wait for it (RFC 6749, 4.4 and 6). */
export interface OAuth2 {
  readonly kind: 'oauth2';
  /** @default 'client_credentials' */
  readonly grant?: 'client_credentials' | 'refresh_token';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** For the grant `refresh_token`. If the server gives a new one, that is used from then on, in memory only. */
  readonly refreshToken?: string;
  readonly scope?: string;
  readonly audience?: string;
  /** Further parameters of the token request. */
  readonly params?: Readonly<Record<string, string>>;
  /** Where client id and secret go: Basic authentication or the form. @default 'header' */
  readonly authStyle?: 'header' | 'body';
}

export type HttpAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | {
      readonly kind: 'api-key';
      /** Name of the header or of the query parameter. @default 'x-api-key' */
      readonly name?: string;
      readonly value: string;
      /** @default 'header' */
      readonly place?: 'header' | 'query';
    }
  | OAuth2;

/** When a request is tried again. Each can be set for one request, too. */
export interface HttpRetry {
  /** How often a request is tried in all; 1 for once. @default 3 */
  readonly attempts: number;
  /**
   * Statuses that are tried again. What can't be repeated safely (POST, PATCH without an idempotency key) is repeated
   * for 429 and 503 only, which say that nothing was done. @default [429, 502, 503, 504]
   */
  readonly statuses: readonly number[];
  /** Upper bound of the first delay; it doubles each time, with full jitter. @default 200 */
  readonly initialMillis: number;
  /** Upper bound of every delay. @default 10000 */
  readonly maximumMillis: number;
  /** A `Retry-After` beyond this is not waited for: the answer is given as it is. @default 60000 */
  readonly maxRetryAfterMillis: number;
}

/** At most so many requests in any interval. */
export interface RateLimit {
  readonly requests: number;
  /** @default 1000 */
  readonly perMillis?: number;
}

export interface CircuitBreakerSettings {
  /** Failures in a row (no answer, or a status of 500 and above) that open it. */
  readonly failures: number;
  /** How long requests are refused before one is let through as a trial. @default 30000 */
  readonly openMillis?: number;
}

export interface HttpProfile {
  /** `http` or `https`, host, port and path prefix. User and password in it are taken as basic authentication. */
  readonly baseUrl: string;
  /** Sockets to all servers together, those of redirects and tokens included. @default 16 */
  readonly maxSockets?: number;
  /** Requests on their way over one HTTP/1.1 socket. @default 1 */
  readonly pipelining?: number;
  /** `auto`: HTTP/2 when an https server offers it (ALPN). @default false */
  readonly http2?: false | 'auto';
  /** How long an idle socket is kept, unless the server says otherwise, in milliseconds. @default 4000 */
  readonly keepAliveMillis?: number;
  readonly tls?: HttpTls;
  readonly proxy?: HttpProxy;
  /** @default 10000 */
  readonly connectTimeoutMillis?: number;
  /** From the request to the headers of the answer, in milliseconds. @default 30000 */
  readonly headersTimeoutMillis?: number;
  /** Between two parts of the answer's body, in milliseconds. @default 30000 */
  readonly bodyTimeoutMillis?: number;
  /** For a request in all, waiting and retries included, unless it brings its own; 0 for no limit. @default 120000 */
  readonly requestTimeoutMillis?: number;
  /** Longest body of an answer, before and after decompression, in bytes. @default 67108864 (64 MiB) */
  readonly maxResponseBytes?: number;
  /** Redirects that are followed; 0 gives the redirect itself as the answer. @default 20 */
  readonly maxRedirects?: number;
  readonly auth?: HttpAuth;
  readonly retry?: Partial<HttpRetry>;
  /** Requests on their way at one time, 0 for as many as the sockets take. @default 0 */
  readonly maxConcurrent?: number;
  readonly rateLimit?: RateLimit;
  readonly circuitBreaker?: CircuitBreakerSettings;
}
