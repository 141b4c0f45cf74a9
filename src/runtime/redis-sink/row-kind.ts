/** What is to be done with a row, in the words of eKuiper: insert, update, upsert or delete. */
import { PoolError } from '../../core/errors';
import type { Condition } from './sink-settings';
import { t } from '../../core/wording';

const ROW_KINDS = ['insert', 'update', 'upsert', 'delete'] as const;

/** `insert`: only what is not there yet; `update`: only what is there; `upsert`: either; `delete`: take it away. */
export type RowKind = (typeof ROW_KINDS)[number];

/** Unset is `upsert`. @throws PoolError `REDIS_INVALID_ROW_KIND` */
export function readRowKind(value: unknown): RowKind {
  if (value === undefined || value === null || value === '') return 'upsert';
  const kind = ROW_KINDS.find((one) => one === value);
  if (kind) return kind;
  throw new PoolError('REDIS_INVALID_ROW_KIND', t`The row kind must be insert, update, upsert or delete.`);
}

/** The error for a kind that a structure has no command for. `structure` as in "a hash". */
export function meaningless(kind: RowKind, structure: string, why: string): PoolError {
  return new PoolError('REDIS_INVALID_ROW_KIND', t`The row kind "${kind}" has no meaning for ${structure}: ${why}.`);
}

/** The condition of a write: insert and update are conditions of their own, upsert has that of the node. */
export function conditionOf(kind: RowKind, condition: Condition): Condition {
  if (kind === 'insert') return 'nx';
  return kind === 'update' ? 'xx' : condition;
}
