/** What a sink writes for one value, as its typed inputs have it, and the readers of each of them. */
import { PoolError } from '../../core/errors';
import type { RedisArgument } from '../../drivers/redis/session';
import { kindOf, toBytes } from '../redis-payload';
import type { FieldValues } from '../typed-inputs';
import { t } from '../../core/wording';

/** The typed inputs of a sink, except the value itself. */
export const ROW_FIELDS = ['key', 'field', 'score', 'entryId', 'minId', 'rowKind', 'expirySeconds'] as const;

export type RowField = (typeof ROW_FIELDS)[number];

/** One value and where it goes, not yet checked. */
export type SinkRow = Readonly<FieldValues<RowField | 'value'>>;

/**
 * A key or channel: text, a number or bytes, and never empty, so that nothing is written to a key `undefined`.
 *
 * @throws PoolError `REDIS_INVALID_KEY`
 */
export function readKey(row: SinkRow, what = () => t`key`): RedisArgument {
  const { key } = row;
  const name = toName(key);
  if (name !== undefined) return name;
  const message = isEmpty(key)
    ? t`The ${what()} is empty; set it in the node, or the property of the message that it is taken from.`
    : t`The ${what()} must be text, a number or a Buffer, not ${kindOf(key)}.`;
  throw new PoolError('REDIS_INVALID_KEY', message);
}

/** The field of a hash or stream, or undefined if there is none. @throws PoolError `REDIS_INVALID_FIELD` */
export function readField({ field }: SinkRow): RedisArgument | undefined {
  if (isEmpty(field)) return undefined;
  const name = toName(field);
  if (name !== undefined) return name;
  throw new PoolError('REDIS_INVALID_FIELD', t`The field must be text, a number or a Buffer, not ${kindOf(field)}.`);
}

/** A finite number, also as text, or an infinity. @throws PoolError `REDIS_INVALID_SCORE` */
export function readScore(score: unknown): string {
  const text = typeof score === 'number' || typeof score === 'bigint' ? String(score) : score;
  if (typeof text === 'string') {
    const infinity = /^([+-]?)inf(inity)?$/i.exec(text.trim());
    if (infinity) return infinity[1] === '-' ? '-inf' : '+inf';
    if (text.trim() !== '' && Number.isFinite(Number(text))) return String(Number(text));
  }
  const what = typeof score === 'string' ? t`text that is none` : kindOf(score);
  throw new PoolError('REDIS_INVALID_SCORE', t`The score must be a number, not ${what}.`);
}

/** An entry id, or undefined if there is none. @throws PoolError `REDIS_INVALID_ID` */
export function readId(id: unknown): string | undefined {
  if (isEmpty(id)) return undefined;
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return String(id);
  if (typeof id === 'string' && /^(\*|\d+(-(\d+|\*))?)$/.test(id.trim())) return id.trim();
  throw new PoolError(
    'REDIS_INVALID_ID',
    t`The id of a stream entry must look like 1526919030474-55, or be * for a new one.`,
  );
}

/** The arguments that set an expiry, for SET; undefined without one. @throws PoolError `REDIS_INVALID_EXPIRY` */
export function readExpiry({ expirySeconds }: SinkRow): { readonly millis: number } | undefined {
  if (isEmpty(expirySeconds)) return undefined;
  const seconds = typeof expirySeconds === 'number' || typeof expirySeconds === 'string' ? Number(expirySeconds) : NaN;
  const millis = Math.round(seconds * 1000);
  if (millis >= 1 && Number.isSafeInteger(millis)) return { millis };
  throw new PoolError(
    'REDIS_INVALID_EXPIRY',
    t`The expiry must be a number of seconds greater than 0, or empty for none.`,
  );
}

/** A number to count by, written as Redis takes it. @throws PoolError `REDIS_INVALID_AMOUNT` */
export function readAmount(value: unknown): { readonly text: string; readonly whole: boolean } {
  const given = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  if (typeof given === 'bigint') return { text: String(given), whole: true };
  if (typeof given === 'number' && Number.isSafeInteger(given)) return { text: String(given), whole: true };
  if (typeof given === 'number' && Number.isFinite(given)) return { text: String(given), whole: false };
  if (typeof given === 'string' && /^[+-]?\d+$/.test(given.trim()))
    return { text: given.trim().replace(/^\+/, ''), whole: true };
  if (typeof given === 'string' && given.trim() !== '' && Number.isFinite(Number(given))) {
    return { text: given.trim(), whole: false };
  }
  const what = typeof given === 'string' ? t`text that is none` : kindOf(given);
  throw new PoolError('REDIS_INVALID_AMOUNT', t`The amount to count by must be a number, not ${what}.`);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function toName(value: unknown): RedisArgument | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return String(value);
  const bytes = toBytes(value);
  return bytes && bytes.length > 0 ? bytes : undefined;
}
