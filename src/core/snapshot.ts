/** What the pool looks like now, as plain JSON without secrets. */
import type { ConnectionState } from './connection-state';
import type { Counters } from './counters';
import type { Borrower } from './lease';

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
  readonly state: StateSnapshot;
  readonly borrowers: readonly Borrower[];
  readonly counters: Readonly<Counters>;
  /** Whatever the driver tells of itself. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface PoolSnapshot {
  readonly connections: readonly ConnectionSnapshot[];
}

export function stateSnapshot(state: ConnectionState): StateSnapshot {
  if (state.kind !== 'waiting' && state.kind !== 'refused') return { ...state };
  return { ...state, error: { code: state.error.code, message: state.error.message } };
}
