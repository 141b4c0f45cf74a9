/** What an outbox must be told of a protocol: how a job is sent, and which failures are no reason to give it up. */
import type { DriverSession } from '../../core/driver';
import type { PoolError } from '../../core/errors';

/** A job on its way, as the pump gives it to the protocol. */
export interface Sending<Job> {
  readonly job: Job;
  /** How long it has waited, in milliseconds. */
  readonly waitedMillis: number;
  /** The name of the property it is to carry because it is sent late; undefined for none. */
  readonly mark: string | undefined;
}

export interface OutboxProtocol<Session extends DriverSession, Job> {
  /** How many entries may be under way at once. */
  readonly window: number;
  /**
   * What of one sink must arrive in order: entries of a lane go one after the other. Undefined if the session keeps the
   * order of all that is sent on it, however many are under way.
   */
  lane?(job: Job): string;
  /** Calls back once: without an error when the other side has it. Must not throw. */
  send(session: Session, sending: Sending<Job>, callback: (error?: PoolError, result?: unknown) => void): void;
  /** Whether the same may succeed another time, so that it stays. */
  isPassing(error: PoolError): boolean;
  /** The job as a message for Catch nodes, when nobody has the original any more. */
  describe(job: Job): Record<string, unknown>;
}

/** Of any protocol: the session was left, or its queue had no room. */
const PASSING: ReadonlySet<string> = new Set(
  `CONNECTION_CLOSED CONNECTION_PAUSED CONNECT_TIMEOUT LEASE_RELEASED POOL_CLOSED QUEUE_FULL QUEUE_DROPPED QUEUE_EXPIRED`.split(
    ' ',
  ),
);

/** @param codes those of one protocol */
export function passingErrors(codes: string): (error: PoolError) => boolean {
  const all = new Set([...PASSING, ...codes.split(/\s+/)]);
  return ({ code }) => all.has(code);
}
