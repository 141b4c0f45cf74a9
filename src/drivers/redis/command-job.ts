/** One or more commands given together, from the caller to their outcome. */
import { PoolError } from '../../core/errors';
import type { QueueAccount, QueueItem } from '../../core/send-queue';
import type { ResendPolicy } from './profile';
import type { CommandOutcome, RedisCommand } from './session';

export interface Job extends QueueItem {
  readonly account: QueueAccount;
  readonly commands: readonly RedisCommand[];
  /** As a transaction. */
  readonly atomic: boolean;
  readonly buffers: boolean;
  readonly resend: ResendPolicy;
  /** On a connection of one node's own. */
  readonly dedicated: boolean;
  /** Given up at this time, waiting or sent; milliseconds since the epoch, 0 for never. */
  readonly deadline: number;
  /** How long the answer may take once it is sent; 0 for ever. */
  readonly timeoutMillis: number;
  /** Called once: with an error that concerns all of it, or with an outcome for each command. */
  readonly done: (error: PoolError | undefined, outcomes: readonly CommandOutcome[]) => void;
  readonly outcomes: CommandOutcome[];
  unanswered: number;
  attempt: number;
  replyDeadline: number;
  settled: boolean;
  /** The link was breaking when it was to be sent: nothing of it has left. */
  unsent: boolean;
}

export type JobSettings = Pick<
  Job,
  'account' | 'commands' | 'atomic' | 'buffers' | 'resend' | 'dedicated' | 'deadline' | 'timeoutMillis' | 'done'
>;

export function newJob(settings: JobSettings): Job {
  return {
    ...settings,
    bytes: byteLengthOf(settings.commands),
    outcomes: [],
    unanswered: settings.commands.length,
    attempt: 0,
    replyDeadline: 0,
    settled: false,
    unsent: false,
    discarded: false,
    queuedAt: 0,
  };
}

export function outcomeUnknown(what: string): PoolError {
  const message = `${what} was sent when the connection broke, so nobody knows whether it was carried out; it is not sent again, because twice may differ from once. The profile can allow it.`;
  return new PoolError('REDIS_OUTCOME_UNKNOWN', message);
}

function byteLengthOf(commands: readonly RedisCommand[]): number {
  let bytes = 0;
  for (const { name, args } of commands) {
    bytes += name.length;
    for (const arg of args) bytes += typeof arg === 'object' ? arg.length : Buffer.byteLength(String(arg));
  }
  return bytes;
}
