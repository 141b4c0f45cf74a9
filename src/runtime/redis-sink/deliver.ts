/** Sends what a message asks for, as a command, a pipeline or a transaction, and gathers the results. */
import { PoolError } from '../../core/errors';
import type { CommandOutcome, RedisCommand, RedisReply, RedisSession, SendOptions } from '../../drivers/redis/session';
import { ResultsError, type RowResult } from './results-error';
import type { Plan, PlannedRow } from './row-planner';

/** How a result is made of a reply. @throws PoolError `INVALID_JSON` */
export type ResultReader = (reply: RedisReply) => unknown;

export interface Delivery {
  readonly plan: Plan;
  readonly atOnce: 'pipeline' | 'transaction';
  readonly options: SendOptions;
  readonly readResult: ResultReader;
}

/**
 * Calls back once. The result of a message with one value is its reply; of one with several, an array with the reply of
 * each, or its error. The latter come with a `ResultsError` too.
 */
export type DeliveryCallback = (error: PoolError | undefined, result?: unknown) => void;

export function deliver(session: RedisSession, delivery: Delivery, callback: DeliveryCallback): void {
  const { plan, options, readResult } = delivery;
  const first = plan.rows[0];
  if (plan.several) {
    void deliverRows(session, delivery, callback);
  } else if (first?.commands?.length === 1 && first.commands[0]) {
    session.send(first.commands[0], options, (error, reply = null) => {
      if (error) callback(error);
      else answer(callback, () => readResult(reply));
    });
  } else {
    void deliverRow(session, first, delivery, callback);
  }
}

/** One value that takes several commands: they are carried out together or not at all. */
async function deliverRow(
  session: RedisSession,
  row: PlannedRow | undefined,
  { options, readResult }: Delivery,
  callback: DeliveryCallback,
): Promise<void> {
  let outcomes: readonly CommandOutcome[];
  try {
    if (row?.error) throw row.error;
    outcomes = await session.transaction(row?.commands ?? [], options);
  } catch (thrown) {
    return callback(PoolError.from(thrown));
  }
  const result = resultOf(row?.commands ?? [], outcomes, readResult);
  if (result.error) callback(result.error);
  else callback(undefined, result.value);
}

async function deliverRows(session: RedisSession, delivery: Delivery, callback: DeliveryCallback): Promise<void> {
  const { plan, atOnce, options, readResult } = delivery;
  const commands = plan.rows.flatMap((row) => row.commands ?? []);
  let outcomes: readonly CommandOutcome[] = [];
  try {
    const bad = plan.rows.findIndex((row) => row.error);
    if (atOnce === 'transaction' && bad >= 0) throw nothingSent(plan.rows[bad]?.error, bad);
    if (commands.length > 0) {
      outcomes = await (atOnce === 'transaction'
        ? session.transaction(commands, options)
        : session.pipeline(commands, options));
    }
  } catch (thrown) {
    return callback(PoolError.from(thrown));
  }
  let next = 0;
  const results = plan.rows.map((row): RowResult => {
    if (row.error) return { error: row.error };
    const own = outcomes.slice(next, next + row.commands.length);
    next += row.commands.length;
    return resultOf(row.commands, own, readResult);
  });
  const values = results.map(({ value, error }) =>
    error ? { error: { code: error.code, message: error.message } } : value,
  );
  callback(results.some(({ error }) => error) ? new ResultsError(results, values) : undefined, values);
}

function resultOf(
  commands: readonly RedisCommand[],
  outcomes: readonly CommandOutcome[],
  readResult: ResultReader,
): RowResult {
  const failed = outcomes.find(({ error }) => error);
  if (failed?.error) return { error: failed.error };
  const replies = outcomes.map(({ reply = null }) => reply);
  // An object whose new fields alone are written takes an HSETNX each; the result is how many were new, as with HSET.
  if (commands[0]?.name === 'HSETNX') {
    return {
      value: replies.reduce<number>(
        (sum, one, index) => sum + (commands[index]?.name === 'HSETNX' ? Number(one) : 0),
        0,
      ),
    };
  }
  try {
    return { value: readResult(replies[0] ?? null) };
  } catch (thrown) {
    return { error: PoolError.from(thrown) };
  }
}

function answer(callback: DeliveryCallback, read: () => unknown): void {
  let result: unknown;
  try {
    result = read();
  } catch (thrown) {
    return callback(PoolError.from(thrown));
  }
  callback(undefined, result);
}

function nothingSent(error: PoolError | undefined, index: number): PoolError {
  const message = `Nothing was written, because value ${index + 1} can't be: ${error?.message ?? ''}`;
  return new PoolError(error?.code ?? 'REDIS_INVALID_PAYLOAD', message, { cause: error });
}
