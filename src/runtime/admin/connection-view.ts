/** A connection as the admin API shows it: the pool's snapshot with times and names that people can read. */
import type { ConnectionStateKind } from '../../core/connection-state';
import type { CountersSnapshot } from '../../core/counters';
import type { LatencySnapshot } from '../../core/latency';
import type { Borrower } from '../../core/lease';
import type { ConnectionSnapshot } from '../../core/snapshot';
import { type OutboxView, outboxViews } from '../outbox/outbox-run';
import type { FlowNames, NodeView } from './flow-names';

/** A node that uses a connection, and the profile node it does so through. */
export interface UserView extends NodeView {
  readonly profile?: { readonly id: string; readonly type?: string; readonly name?: string };
}

export interface OutboxOfConnection extends Omit<OutboxView, 'type' | 'oldest'> {
  readonly oldest?: string;
}

export interface ConnectionView {
  readonly key: string;
  readonly type: string;
  /** Without secrets. */
  readonly address: string;
  readonly state: ConnectionStateKind;
  /** ISO 8601, as all times. */
  readonly since: string;
  /** Why it is not connected. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** Why it could not connect or was lost the last time; it stays when all is well again. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: string };
  /** Of connecting, counted from 1. */
  readonly attempt?: number;
  readonly nextAttemptAt?: string;
  readonly paused: boolean;
  readonly dedicated: boolean;
  readonly keepOpen: boolean;
  readonly queued: number;
  /** What waits on disk to be sent over it, by profile node. */
  readonly outboxes?: readonly OutboxOfConnection[];
  readonly counters: CountersSnapshot;
  readonly latency: LatencySnapshot;
  readonly users: readonly UserView[];
  readonly details: Readonly<Record<string, unknown>>;
}

export function connectionView(snapshot: ConnectionSnapshot, names: FlowNames): ConnectionView {
  const { key, type, address, state, paused, dedicated, keepOpen, queued, counters, latency, details } = snapshot;
  const { lastError } = snapshot;
  return {
    key,
    type,
    address,
    state: state.kind,
    since: time(state.since),
    ...('error' in state ? { reason: state.error } : {}),
    ...(lastError ? { lastError: { ...lastError, at: time(lastError.at) } } : {}),
    ...('attempt' in state ? { attempt: state.attempt } : {}),
    ...('nextAttemptAt' in state ? { nextAttemptAt: time(state.nextAttemptAt) } : {}),
    paused,
    dedicated,
    keepOpen,
    queued,
    ...outboxesOf(snapshot),
    counters,
    latency,
    users: snapshot.borrowers.map((borrower) => userView(borrower, names)),
    details,
  };
}

/** The profile node itself is among the users when its outbox sends. */
function outboxesOf({ borrowers }: ConnectionSnapshot): Pick<ConnectionView, 'outboxes'> {
  const users = new Set(borrowers.map(({ id }) => id));
  const views = outboxViews().filter(({ profile }) => users.has(profile));
  if (views.length === 0) return {};
  return {
    outboxes: views.map(({ type: _known, oldest, ...view }) => ({
      ...view,
      ...(oldest === undefined ? {} : { oldest: time(oldest) }),
    })),
  };
}

export function userView(borrower: Borrower, names: FlowNames): UserView {
  const { profile } = borrower;
  const node = names.describe(borrower);
  return profile === undefined ? node : { ...node, profile: names.node(profile) ?? { id: profile } };
}

function time(millis: number): string {
  return new Date(millis).toISOString();
}
