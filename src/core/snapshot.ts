/** What the pool looks like now, as plain JSON without secrets. */
import type { ConnectionState } from './connection-state';
import type { CountersSnapshot } from './counters';
import type { LatencySnapshot } from './latency';
import type { Borrower } from './lease';
import type { PooledConnection, PooledConnectionSettings } from './pooled-connection';
import type { DriverSession } from './driver';
import { countersSnapshot } from './counters';

/** A connection state whose error is a code and a message. */
export type StateSnapshot =
  | Exclude<ConnectionState, { error: unknown }>
  | {
      readonly kind: 'waiting' | 'refused';
      readonly since: number;
      readonly attempt: number;
      readonly nextAttemptAt: number;
      readonly error: { readonly code: string; readonly message: string };
    };

export interface ConnectionSnapshot {
  readonly key: string;
  readonly type: string;
  readonly address: string;
  readonly dedicated: boolean;
  /** With the time it began, and, where there is one, the reason and the time of the next attempt. */
  readonly state: StateSnapshot;
  /** Why it could not connect or was lost the last time, and when; it stays when all is well again. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: number };
  /** Disconnected by an operator until resumed. */
  readonly paused: boolean;
  /** It stays open when nobody holds it any more. */
  readonly keepOpen: boolean;
  /** The ids of the profiles that wish so. */
  readonly keepers: readonly string[];
  readonly borrowers: readonly Borrower[];
  readonly counters: CountersSnapshot;
  /** Messages or commands that wait to be sent. */
  readonly queued: number;
  /** From sending to being settled. */
  readonly latency: LatencySnapshot;
  /** Whatever the driver tells of itself. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** A connection itself, for those who look often and at little of it: nothing is computed but what is read. */
export type ConnectionGlance = Pick<
  PooledConnection<DriverSession>,
  | 'key'
  | 'address'
  | 'state'
  | 'paused'
  | 'lastError'
  | 'downSince'
  | 'borrowers'
  | 'leaseCount'
  | 'counters'
  | 'queued'
  | 'queues'
  | 'subscriptions'
> & { readonly settings: Pick<PooledConnectionSettings, 'type' | 'dedicated' | 'keepers'> };

export interface PoolSnapshot {
  readonly connections: readonly ConnectionSnapshot[];
}

export function stateSnapshot(state: ConnectionState): StateSnapshot {
  if (state.kind !== 'waiting' && state.kind !== 'refused') return { ...state };
  return { ...state, error: { code: state.error.code, message: state.error.message } };
}

export function connectionSnapshot(connection: PooledConnection<DriverSession>): ConnectionSnapshot {
  const { key, address, settings, state, paused, borrowers, counters, queued, latency, details } = connection;
  const keepers = settings.keepers();
  return {
    key,
    type: settings.type,
    address,
    dedicated: settings.dedicated,
    state: stateSnapshot(state),
    ...lastErrorOf(connection),
    paused,
    keepOpen: keepers.length > 0,
    keepers,
    borrowers,
    counters: countersSnapshot(counters),
    queued,
    latency: latency.snapshot(),
    details,
  };
}

function lastErrorOf({ lastError }: PooledConnection<DriverSession>): Pick<ConnectionSnapshot, 'lastError'> {
  if (!lastError) return {};
  const { error, at } = lastError;
  return { lastError: { code: error.code, message: error.message, at } };
}
