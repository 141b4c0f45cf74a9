/** Reads the fields of DTOs: absent or null is the empty value, as in Go; another type is an error. */
import { edgexError, typeName } from './fault';
import { getOwn, isPlainObject, type PlainObject } from './plain';
import { exactNumber } from './scalars';
import { t } from '../core/wording';

const INT64_MINIMUM = -(2n ** 63n);
const INT64_MAXIMUM = 2n ** 63n - 1n;

/** What a field belongs to, in words: they are asked for only when it is wrong. */
export type Owner = () => string;

export function textField(source: PlainObject, key: string, owner: Owner): string {
  const value = getOwn(source, key);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrongType(owner, key, t`text`, value);
  return value;
}

/** A time in nanoseconds; 0 if absent. */
export function originField(source: PlainObject, key: string, owner: Owner): number | bigint {
  const value = getOwn(source, key);
  if (value === undefined || value === null) return 0;
  const whole = toOrigin(value);
  if (whole === undefined) throw wrongType(owner, key, t`a whole number of 64 bits`, value);
  return whole;
}

/** A whole number within int64, exactly; undefined for anything else. */
export function toOrigin(value: unknown): number | bigint | undefined {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) return undefined;
  const whole = BigInt(value);
  return whole < INT64_MINIMUM || whole > INT64_MAXIMUM ? undefined : exactNumber(whole);
}

/** An object that has something in it, or undefined. */
export function objectField(source: PlainObject, key: string, owner: Owner): PlainObject | undefined {
  const value = getOwn(source, key);
  if (value === undefined || value === null) return undefined;
  if (!isPlainObject(value)) throw wrongType(owner, key, t`an object`, value);
  return Object.keys(value).length > 0 ? value : undefined;
}

function wrongType(owner: Owner, key: string, expected: string, value: unknown) {
  return edgexError(
    'EDGEX_INVALID_EVENT',
    t`Invalid event: ${key} of ${owner()} is ${typeName(value)}, not ${expected}.`,
  );
}
