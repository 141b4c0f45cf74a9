/** Waiting for, and recording, the states of a lease. */
import type { ConnectionState, ConnectionStateKind } from '../../src/core/connection-state';
import type { PoolError } from '../../src/core/errors';
import { waitFor, within } from './waiting';

interface Stateful {
  readonly state: ConnectionState;
  onState(listener: (state: ConnectionState) => void): () => void;
}

/** Waits until the lease is in this state and returns it. */
export function reached<Kind extends ConnectionStateKind>(
  lease: Stateful,
  kind: Kind,
  deadlineMillis?: number,
): Promise<Extract<ConnectionState, { kind: Kind }>> {
  return waitFor(
    () => {
      const { state } = lease;
      return isKind(state, kind) ? state : undefined;
    },
    () => `state ${kind}; it is ${JSON.stringify(lease.state)}`,
    deadlineMillis,
  );
}

/** Settles with the next loss of the connection, however short: call it before whatever breaks it. */
export function nextLoss(lease: Stateful): Promise<void> {
  return within(
    new Promise((resolve) => {
      const off = lease.onState(({ kind }) => {
        if (kind !== 'waiting' && kind !== 'refused') return;
        off();
        resolve();
      });
    }),
    'the connection to be lost',
  );
}

/** The kinds of all states from now on. */
export function recordKinds(lease: Stateful): ConnectionStateKind[] {
  const kinds: ConnectionStateKind[] = [];
  lease.onState((state) => kinds.push(state.kind));
  return kinds;
}

/** The error of a waiting or refused state. */
export function errorOf(state: ConnectionState): PoolError {
  if (state.kind === 'waiting' || state.kind === 'refused') return state.error;
  throw new Error(`state ${state.kind} has no error`);
}

function isKind<Kind extends ConnectionStateKind>(
  state: ConnectionState,
  kind: Kind,
): state is Extract<ConnectionState, { kind: Kind }> {
  return state.kind === kind;
}
