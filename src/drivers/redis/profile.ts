/** The settings of one Redis connection. */

/** TLS settings, as `tls.connect` takes them. */
export interface RedisTls {
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly pfx?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  /** @default true */
  readonly rejectUnauthorized?: boolean;
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the server is. */
export type RedisEndpoint =
  | ({ readonly kind: 'standalone' } & RedisAddress)
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'sentinel';
      /** The sentinels; the order does not matter. */
      readonly sentinels: readonly RedisAddress[];
      /** The name of the master group, as `sentinel monitor` gives it. */
      readonly masterName: string;
      readonly sentinelUsername?: string;
      readonly sentinelPassword?: string;
    }
  /** Any of the cluster's nodes; the others are found out. */
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] };

/**
 * What becomes of commands that were sent and not answered when the connection broke:
 * - `safe`: sent again if doing it twice is the same as doing it once (reads, SET, HSET, SADD, …; the table is
 *   resend-rules.ts); the others fail with `REDIS_OUTCOME_UNKNOWN`
 * - `always`: sent again, whatever they are: at least once, so INCR or RPUSH may count twice
 * - `never`: fail with `REDIS_OUTCOME_UNKNOWN`
 */
export type ResendPolicy = 'safe' | 'always' | 'never';

export interface RedisProfile {
  readonly endpoint: RedisEndpoint;
  /** Number of the database. @default 0 */
  readonly database?: number;
  readonly username?: string;
  readonly password?: string;
  /** Connect with TLS if set. */
  readonly tls?: RedisTls;
  /** CLIENT SETNAME. @default none */
  readonly connectionName?: string;
  /** @default 10000 */
  readonly connectTimeoutMillis?: number;
  /**
   * How long a command that was sent waits for its answer, in milliseconds, unless it brings its own. A connection that
   * has been silent for as long while answers are due is given up and made anew. @default 10000
   */
  readonly commandTimeoutMillis?: number;
  /** @default 'safe' */
  readonly resend?: ResendPolicy;
  /** RESP version to ask for; 3 falls back to 2 by itself. @default 3 */
  readonly protocol?: 2 | 3;
  /** A connection of one node's own: what would disturb others is allowed. Set by the driver's `dedicate`. */
  readonly dedicated?: boolean;
}
