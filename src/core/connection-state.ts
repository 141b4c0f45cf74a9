/** The states of a physical connection, as a discriminated union. Times are milliseconds since the epoch. */
import type { PoolError } from './errors';

export type ConnectionState =
  /** Not connected and not trying to be: auto-connect is off, someone asked to disconnect, or an operator paused it. */
  | { readonly kind: 'idle'; readonly since: number; readonly paused?: true }
  /** An attempt is under way; `attempt` counts from 1 since the last stable connection. */
  | { readonly kind: 'connecting'; readonly since: number; readonly attempt: number }
  | { readonly kind: 'connected'; readonly since: number }
  /** The last attempt failed or the connection broke; the next attempt is at `nextAttemptAt`. */
  | {
      readonly kind: 'waiting';
      readonly since: number;
      readonly attempt: number;
      readonly nextAttemptAt: number;
      readonly error: PoolError;
    }
  /** Turned away for a reason that retrying won't mend (credentials, protocol, TLS): slow retries. */
  | {
      readonly kind: 'refused';
      readonly since: number;
      readonly attempt: number;
      readonly nextAttemptAt: number;
      readonly error: PoolError;
    }
  | { readonly kind: 'closing'; readonly since: number }
  | { readonly kind: 'closed'; readonly since: number };

export type ConnectionStateKind = ConnectionState['kind'];
