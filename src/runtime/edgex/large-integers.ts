/**
 * What becomes of whole numbers beyond 2^53, such as each time in nanoseconds: JSON and most nodes can't do anything with a
 * bigint, so that they are text unless a node says otherwise.
 */
import { isPlainObject, setOwn } from '../../edgex/plain';

/** As decimal text, as bigints, or as numbers that may be off in their last digits. */
export type LargeIntegers = 'text' | 'bigint' | 'number';

export const LARGE_INTEGERS = ['text', 'bigint', 'number'] as const;

/** Converts a value; what is within objects and arrays is converted in place, so that they have to be the caller's own. */
export function withLargeIntegers(value: unknown, form: LargeIntegers): unknown {
  if (form === 'bigint') return value;
  if (typeof value === 'bigint') return form === 'text' ? String(value) : Number(value);
  if (Array.isArray(value)) {
    const array: unknown[] = value;
    for (const [index, item] of array.entries()) {
      if (mayHold(item)) array[index] = withLargeIntegers(item, form);
    }
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (mayHold(item)) setOwn(value, key, withLargeIntegers(item, form));
    }
  }
  return value;
}

function mayHold(item: unknown): boolean {
  return typeof item === 'bigint' || (typeof item === 'object' && item !== null);
}
