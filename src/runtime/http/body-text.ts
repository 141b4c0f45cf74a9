/** Values of a flow as text. */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

/** Text for what is none: JSON for objects. @throws PoolError `HTTP_INVALID_BODY` */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return jsonOf(value);
}

/** @throws PoolError `HTTP_INVALID_BODY` */
export function jsonOf(value: unknown): string {
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/\n.*/s, '') : String(thrown);
    throw new PoolError('HTTP_INVALID_BODY', t`The body can't be written as JSON: ${why}.`, { cause: thrown });
  }
  throw new PoolError('HTTP_INVALID_BODY', t`The body can't be written as JSON: it is a ${typeof value}.`);
}
