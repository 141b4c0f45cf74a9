/** The pages of a scan: which command turns to the next one, and what is on a page. */
import { PoolError } from '../../core/errors';
import type { RedisArgument, RedisCommand, RedisReply } from '../../drivers/redis/session';
import { kindOf } from '../redis-payload';
import { readKey } from '../redis-sink/sink-row';
import type { Leaf } from './reply-shapes';
import { toArguments } from './to-command';
import { t } from '../../core/wording';

export type ScanKind = 'SCAN' | 'HSCAN' | 'SSCAN' | 'ZSCAN';

export interface ScanRequest {
  readonly kind: ScanKind;
  /** Of the hash, set or sorted set. */
  readonly key?: RedisArgument;
  readonly match?: RedisArgument;
  /** How much the server looks through for a page. */
  readonly count: number;
  /** Of SCAN: keys of this type only. */
  readonly type?: string;
}

export interface ScanPage {
  /** Where the next page begins; `0` after the last one. */
  readonly cursor: string;
  readonly items: readonly unknown[];
}

/** @throws PoolError `REDIS_INVALID_KEY`, `REDIS_INVALID_ARGUMENT` */
export function toScanRequest(
  kind: ScanKind,
  fields: { readonly key?: unknown; readonly match?: unknown },
  count: number,
  type: string,
): ScanRequest {
  const isSet = (value: unknown) => value !== undefined && value !== null && value !== '';
  const key = kind === 'SCAN' ? undefined : readKey({ key: fields.key });
  const [match] = isSet(fields.match) ? toArguments(kind, [fields.match]) : [];
  return {
    kind,
    count,
    ...(key === undefined ? {} : { key }),
    ...(match === undefined ? {} : { match }),
    ...(kind === 'SCAN' && type !== '' ? { type } : {}),
  };
}

export function pageCommand({ kind, key, match, count, type }: ScanRequest, cursor: string): RedisCommand {
  const args: RedisArgument[] = key === undefined ? [cursor] : [key, cursor];
  if (match !== undefined) args.push('MATCH', match);
  args.push('COUNT', String(count));
  if (type !== undefined) args.push('TYPE', type);
  return { name: kind, args };
}

/**
 * What is on a page: keys and members as values, of a hash `{ field, value }`, of a sorted set `{ value, score }`.
 *
 * @param leaf reads values; names (keys, fields) are read by `name`
 * @throws PoolError `INVALID_JSON`, or `REDIS_INVALID_REPLY`
 */
export function readPage(kind: ScanKind, reply: RedisReply, leaf: Leaf, name: Leaf): ScanPage {
  const [cursor, items] = Array.isArray(reply) ? reply : [];
  if (cursor === undefined || cursor === null || !Array.isArray(items)) {
    throw new PoolError('REDIS_INVALID_REPLY', t`The server answered ${kind} with ${kindOf(reply)}.`);
  }
  const page = { cursor: String(cursor) };
  const read = (item: RedisReply | undefined, by: Leaf) =>
    typeof item === 'string' || Buffer.isBuffer(item) ? by(item) : (item ?? null);
  if (kind === 'SCAN') return { ...page, items: items.map((item) => read(item, name)) };
  if (kind === 'SSCAN') return { ...page, items: items.map((item) => read(item, leaf)) };
  const pairs: unknown[] = [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [first, second] = [items[index], items[index + 1]];
    pairs.push(
      kind === 'HSCAN'
        ? { field: read(first, (field) => field.toString()), value: read(second, leaf) }
        : { value: read(first, leaf), score: toScore(read(second, (score) => score.toString())) },
    );
  }
  return { ...page, items: pairs };
}

function toScore(text: unknown): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
