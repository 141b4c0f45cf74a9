/** JSON text in which bigints are whole numbers and bytes are base64, as Go writes them. */
import type { PoolError } from '../core/errors';
import { edgexError, MAX_DEPTH } from './fault';
import { asBuffer } from './plain';
import { t } from '../core/wording';

/**
 * The JSON text of a value; `undefined` for what JSON leaves out (undefined, functions, symbols).
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` for NaN, infinities, circular and too deeply nested data
 */
export function writeExactJson(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unwritable(t`${value} is not a number that JSON has`);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (typeof value !== 'object') return undefined;
  if (depth > MAX_DEPTH) throw unwritable(t`it is circular or nested deeper than ${MAX_DEPTH} levels`);
  const bytes = asBuffer(value);
  if (bytes) return `"${bytes.toString('base64')}"`;
  if (Array.isArray(value))
    return `[${Array.from(value, (item) => writeExactJson(item, depth + 1) ?? 'null').join(',')}]`;
  const plain = withToJson(value);
  if (plain !== value) return writeExactJson(plain, depth + 1);
  let text = '';
  for (const [key, member] of Object.entries(value)) {
    const written = writeExactJson(member, depth + 1);
    if (written !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${written}`;
  }
  return `{${text}}`;
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Names and short texts hardly ever need escapes; looking is much quicker than `JSON.stringify`. */
function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** What stands for an object of a class that says so itself, such as a Date. */
export function withToJson(value: object): unknown {
  if (Object.hasOwn(value, 'toJSON') || !('toJSON' in value) || typeof value.toJSON !== 'function') return value;
  return (value.toJSON as (key: string) => unknown)('');
}

function unwritable(why: string): PoolError {
  return edgexError('EDGEX_INVALID_VALUE', t`The value can't be written: ${why}.`, { fault: why });
}
