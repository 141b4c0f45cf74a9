/** Sends what a message asks for, as a command, a pipeline or a transaction, and gathers the results. */
import { PoolError } from '../../core/errors';
import type { CommandOutcome, RedisCommand, RedisReply, RedisSession, SendOptions } from '../../drivers/redis/session';
import { ResultsError, type RowResult } from './results-error';
import type { Plan, PlannedRow } from './row-planner';
import { t } from '../../core/wording';

export interface DeliveryOptions {
  /** How several values are sent. */
  readonly atOnce: 'pipeline' | 'transaction';
  readonly options: SendOptions;
  /** How a result is made of a reply. @throws PoolError `INVALID_JSON` */
  readonly readResult: (reply: RedisReply) => unknown;
}

/**
 * Calls back once. The result of a message with one value is its reply; of one with several, an array with the reply of
 * each, or `{ error: { code, message } }`. The latter come with a `ResultsError` too.
 */
export type DeliveryCallback = (error: PoolError | undefined, result?: unknown) => void;

export function deliver(
  session: RedisSession,
  plan: Plan,
  delivery: DeliveryOptions,
  callback: DeliveryCallback,
): void {
  const row = plan.rows[0];
  const command = row?.commands?.[0];
  if (plan.several || !command || row?.commands?.length !== 1) {
    const gathered = plan.several ? sendRows(session, plan.rows, delivery) : sendRow(session, row, delivery);
    void hand(gathered, callback);
    return;
  }
  session.send(command, delivery.options, (error, reply = null) => {
    const { error: failure, value } = error ? { error } : read(reply, delivery);
    callback(failure, value);
  });
}

type Gathered = readonly [error: PoolError | undefined, result?: unknown];

async function hand(gathered: Promise<Gathered>, callback: DeliveryCallback): Promise<void> {
  let outcome: Gathered;
  try {
    outcome = await gathered;
  } catch (thrown) {
    outcome = [PoolError.from(thrown)];
  }
  callback(...outcome);
}

/** One value that takes several commands: they are carried out together or not at all. */
async function sendRow(
  session: RedisSession,
  row: PlannedRow | undefined,
  delivery: DeliveryOptions,
): Promise<Gathered> {
  if (!row || row.error) return [row?.error];
  const outcomes = await session.transaction(row.commands, delivery.options);
  const { error, value } = resultOf(row.commands, outcomes, delivery);
  return [error, value];
}

async function sendRows(
  session: RedisSession,
  rows: readonly PlannedRow[],
  delivery: DeliveryOptions,
): Promise<Gathered> {
  const { atOnce, options } = delivery;
  const commands = rows.flatMap((row) => row.commands ?? []);
  const bad = rows.findIndex((row) => row.error);
  if (atOnce === 'transaction' && bad >= 0) return [nothingSent(rows[bad]?.error, bad)];
  let outcomes: readonly CommandOutcome[] = [];
  if (commands.length > 0) {
    outcomes = await (atOnce === 'transaction'
      ? session.transaction(commands, options)
      : session.pipeline(commands, options));
  }
  let next = 0;
  const results = rows.map((row): RowResult => {
    if (row.error) return { error: row.error };
    const own = outcomes.slice(next, next + row.commands.length);
    next += row.commands.length;
    return resultOf(row.commands, own, delivery);
  });
  const values = results.map(({ value, error }) =>
    error ? { error: { code: error.code, message: error.message } } : value,
  );
  return [results.some(({ error }) => error) ? new ResultsError(results, values) : undefined, values];
}

function resultOf(
  commands: readonly RedisCommand[],
  outcomes: readonly CommandOutcome[],
  delivery: DeliveryOptions,
): RowResult {
  const failed = outcomes.find(({ error }) => error);
  if (failed?.error) return { error: failed.error };
  // An object of which only new fields are written takes an HSETNX each: how many were new, as HSET says it.
  if (commands[0]?.name === 'HSETNX') {
    const news = outcomes.filter(({ reply }, index) => reply === 1 && commands[index]?.name === 'HSETNX');
    return { value: news.length };
  }
  return read(outcomes[0]?.reply ?? null, delivery);
}

function read(reply: RedisReply, { readResult }: DeliveryOptions): RowResult {
  try {
    return { value: readResult(reply) };
  } catch (thrown) {
    return { error: PoolError.from(thrown) };
  }
}

function nothingSent(error: PoolError | undefined, index: number): PoolError {
  const message = t`Nothing was written, because value ${index + 1} can't be: ${error?.message ?? ''}`;
  return new PoolError(error?.code ?? 'REDIS_INVALID_PAYLOAD', message, { cause: error });
}
