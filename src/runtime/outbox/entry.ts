/** One message in an outbox, as long as it is in memory. */
import { PoolError } from '../../core/errors';
import type { EntryFacts } from './ledger';
import type { DoneWhen } from './settings';
import { t } from '../../core/wording';

/** Who waits for an entry. */
export interface Waiter {
  readonly doneWhen: DoneWhen;
  /** Called once: when the entry is safe or delivered, as `doneWhen` says, or when it never will be. */
  done(error?: PoolError, result?: unknown): void;
}

/** @typeParam Job what the protocol needs to send it: plain data */
export class Entry<Job> implements EntryFacts {
  /** Its place; another one once if the store is opened late. */
  number = 0;
  readonly time: number;
  readonly bytes: number;
  readonly sink: number;
  readonly sinkId: string;
  readonly job: Job;
  /** On disk, so that it would survive. */
  safe = false;
  /** Being written at the moment. */
  writing = false;
  /** Neither to be sent nor kept any more. */
  gone = false;

  constructor(sinkId: string, sink: number, job: Job, bytes: number, time: number) {
    this.sinkId = sinkId;
    this.sink = sink;
    this.job = job;
    this.bytes = bytes;
    this.time = time;
  }
}

/** Neither safe nor delivered when the outbox was closed. */
export function closedError(): PoolError {
  return new PoolError('CONNECTION_CLOSED', t`The outbox was closed before the message was safe or delivered.`);
}

/** Safe, but not delivered when the outbox was closed. */
export function stillWaiting(): PoolError {
  const text = t`The profile was stopped before the message was delivered; it stays on disk and goes out when it starts again.`;
  return new PoolError('OUTBOX_CLOSED', text);
}
