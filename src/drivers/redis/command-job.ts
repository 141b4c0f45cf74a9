/** One or more commands given together, from the caller to their outcome. */
import { PoolError } from '../../core/errors';
import type { QueueAccount, QueueItem } from '../../core/send-queue';
import type { MessageEvent } from '../../core/tracing';
import type { ResendPolicy } from './profile';
import type { CommandOutcome, RedisCommand } from './session';
import { t } from '../../core/wording';

/** What a job does not have for itself alone; one object for many jobs. */
export interface JobManner {
  /** How many jobs of the same session are under way. */
  readonly load: { jobs: number };
  readonly account: QueueAccount;
  /** As a transaction. */
  readonly atomic: boolean;
  readonly buffers: boolean;
  readonly resend: ResendPolicy;
  /** On a connection of one node's own. */
  readonly dedicated: boolean;
  /** How long it may take in all, waiting included; 0 for ever. */
  readonly timeoutMillis: number;
  /** How long the answer may take once it is sent; 0 for ever. */
  readonly replyTimeoutMillis: number;
}

export type JobDone = (error: PoolError | undefined, outcomes: readonly CommandOutcome[]) => void;

export class Job implements QueueItem {
  readonly commands: readonly RedisCommand[];
  readonly manner: JobManner;
  readonly bytes: number;
  /** Given up at this time, waiting or sent; milliseconds since the epoch, 0 for never. */
  readonly deadline: number;
  /** Called once: with an error that concerns all of it, or with an outcome for each command. */
  readonly done: JobDone;
  readonly outcomes: CommandOutcome[];
  unanswered: number;
  attempt = 0;
  replyDeadline = 0;
  /** When it was sent first, on the clock of `turnMillis`; 0 before that. */
  sentAt = 0;
  traced: MessageEvent | undefined;
  settled = false;
  /** The link was breaking when it was to be sent: nothing of it has left. */
  unsent = false;
  inFlight = false;
  discarded = false;
  queuedAt = 0;

  constructor(commands: readonly RedisCommand[], manner: JobManner, done: JobDone) {
    this.commands = commands;
    this.manner = manner;
    this.done = done;
    this.bytes = byteLengthOf(commands);
    this.deadline = manner.timeoutMillis > 0 ? Date.now() + manner.timeoutMillis : 0;
    this.unanswered = commands.length;
    // Of this length from the start: an empty array would take memory for sixteen with the first outcome.
    this.outcomes = Array<CommandOutcome>(commands.length);
  }

  get account(): QueueAccount {
    return this.manner.account;
  }
}

export function outcomeUnknown(what: string): PoolError {
  const message = t`${what} was sent when the connection broke, so nobody knows whether it was carried out; it is not sent again, because twice may differ from once. The profile can allow it.`;
  return new PoolError('REDIS_OUTCOME_UNKNOWN', message);
}

/** Text counts as one byte a character, which is near enough for a limit and costs nothing. */
function byteLengthOf(commands: readonly RedisCommand[]): number {
  let bytes = 0;
  for (const { name, args } of commands) {
    bytes += name.length;
    for (const arg of args) bytes += typeof arg === 'number' ? 8 : arg.length;
  }
  return bytes;
}
