/** What Redis sinks write, in an outbox: the commands, ready to be sent. */
import { PoolError } from '../../core/errors';
import type { RedisArgument, RedisCommand, RedisSession } from '../../drivers/redis/session';
import { deliver } from '../redis-sink/deliver';
import type { Plan, PlannedRow } from '../redis-sink/row-planner';
import { type OutboxProtocol, passingErrors } from './protocol';

/** A row as it stands on disk: its commands, or the code and text of the error that it is. */
type RowOnDisk = readonly RedisCommand[] | { readonly code: string; readonly text: string };

export interface RedisJob {
  readonly rows: readonly RowOnDisk[];
  readonly several: boolean;
  readonly atOnce: 'pipeline' | 'transaction';
  /** Replies as buffers rather than text. */
  readonly buffers: boolean;
}

/** As many as the driver sends without an answer. */
const WINDOW = 10_000;
/** Commands whose arguments end in pairs of field and value. */
const MARKABLE: ReadonlySet<string> = new Set(['XADD', 'HSET']);

export const redisOutboxProtocol: OutboxProtocol<RedisSession, RedisJob> = {
  window: WINDOW,
  send: (session, { job, mark }, callback) => {
    // At least once: what nobody knows the outcome of is sent again, whatever it does.
    const options = { buffers: job.buffers, resend: 'always' } as const;
    deliver(session, toPlan(job, mark), { atOnce: job.atOnce, options, readResult: (reply) => reply }, callback);
  },
  isPassing: passingErrors(
    `REDIS_TIMEOUT REDIS_OUTCOME_UNKNOWN REDIS_CONNECTION_LOST REDIS_NOT_SENT REDIS_NO_ANSWER REDIS_LOADING REDIS_READONLY
    REDIS_BUSY REDIS_MASTERDOWN REDIS_CLUSTERDOWN REDIS_TRYAGAIN REDIS_OOM REDIS_MISCONF REDIS_NOREPLICAS`,
  ),
  describe: (job) => {
    const commands = toPlan(job, undefined).rows.flatMap((row) => row.commands ?? []);
    const [key, ...values] = commands[0]?.args ?? [];
    return { topic: textOf(key), payload: values.map(textOf), command: commands[0]?.name };
  },
};

/** @param buffers whether a reply is a value of the user's own */
export function toRedisJob(plan: Plan, atOnce: RedisJob['atOnce'], buffers: boolean): RedisJob {
  const rows = plan.rows.map(
    ({ commands, error }): RowOnDisk => (error ? { code: error.code, text: error.message } : commands),
  );
  return { rows, several: plan.several, atOnce, buffers };
}

function toPlan({ rows, several }: RedisJob, mark: string | undefined): Plan {
  return {
    several,
    rows: rows.map(
      (row): PlannedRow =>
        'code' in row ? { error: new PoolError(row.code, row.text) } : { commands: marked(row, mark) },
    ),
  };
}

function marked(commands: readonly RedisCommand[], mark: string | undefined): readonly RedisCommand[] {
  if (mark === undefined) return commands;
  return commands.map(({ name, args }) => ({ name, args: MARKABLE.has(name) ? [...args, mark, 'true'] : args }));
}

function textOf(argument: RedisArgument | undefined): unknown {
  return Buffer.isBuffer(argument) ? argument.toString('utf8') : argument;
}
