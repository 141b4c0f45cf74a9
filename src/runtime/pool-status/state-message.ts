/** What a `pool-status` node tells of a connection. */
import type { StateSnapshot } from '../../core/snapshot';

/** A profile as messages name it. */
export interface NamedProfile {
  readonly id: string;
  readonly name?: string;
}

/** A connection at one moment. */
export interface ConnectionView {
  readonly key: string;
  readonly type: string;
  readonly address: string;
  readonly state: StateSnapshot;
  readonly profiles: readonly NamedProfile[];
  /** How many nodes use it. */
  readonly references: number;
}

/** `msg.payload`; times are milliseconds since the epoch. */
export interface StatePayload {
  readonly state: StateSnapshot['kind'];
  readonly since: number;
  /** An operator has disconnected it until further notice. */
  readonly paused: boolean;
  /** Why it is not connected, for people. */
  readonly reason?: string;
  /** The same, for programs. */
  readonly code?: string;
  readonly nextAttemptAt?: number;
  readonly type: string;
  readonly address: string;
  readonly key: string;
  readonly profiles: readonly NamedProfile[];
  readonly references: number;
}

export type StateMessage = {
  /** The address, without secrets. */
  topic: string;
  payload: StatePayload;
};

export function stateMessage({ key, type, address, state, profiles, references }: ConnectionView): StateMessage {
  const { kind, since } = state;
  const failure =
    'error' in state
      ? { reason: state.error.message, code: state.error.code, nextAttemptAt: state.nextAttemptAt }
      : undefined;
  const paused = state.kind === 'idle' && state.paused === true;
  const payload = { state: kind, since, paused, ...failure, type, address, key, profiles, references };
  return { topic: address, payload };
}
