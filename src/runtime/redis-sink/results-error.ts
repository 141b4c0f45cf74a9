/** The error of a message of which some values could not be written, with the result of each. */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

export interface RowResult {
  readonly value?: unknown;
  readonly error?: PoolError;
}

/** Its code is that of the first value that failed. */
export class ResultsError extends PoolError {
  /** The result of each value, or `{ error: { code, message } }`; as `cause.results` it gets through to Catch nodes. */
  readonly results: readonly unknown[];

  constructor(rows: readonly RowResult[], results: readonly unknown[]) {
    const failed = rows.filter(({ error }) => error).length;
    const index = rows.findIndex(({ error }) => error);
    const first = rows[index]?.error;
    const message = t`${failed} of ${rows.length} values could not be written; the first is number ${index + 1}: ${first?.message ?? ''}`;
    super(first?.code ?? 'REDIS_ERROR', message, { cause: { results } });
    this.results = results;
  }
}
