/**
 * The value type of what a flow sends without saying one. Whole numbers stay whole (`Int64`), unlike in eKuiper, where each
 * JSON number becomes a float.
 */
import { types } from 'node:util';
import { typeName } from './fault';
import { asBuffer, isPlainObject } from './plain';
import { ValueFault } from './scalars';
import type { ValueType } from './value-types';
import { t } from '../core/wording';

const INT64_MINIMUM = -(2n ** 63n);
const INT64_MAXIMUM = 2n ** 63n - 1n;
const UINT64_MAXIMUM = 2n ** 64n - 1n;

const TYPED_ARRAYS: readonly [(value: unknown) => boolean, ValueType][] = [
  [types.isInt8Array, 'Int8Array'],
  [types.isInt16Array, 'Int16Array'],
  [types.isInt32Array, 'Int32Array'],
  [types.isBigInt64Array, 'Int64Array'],
  [types.isUint16Array, 'Uint16Array'],
  [types.isUint32Array, 'Uint32Array'],
  [types.isBigUint64Array, 'Uint64Array'],
  [types.isFloat32Array, 'Float32Array'],
  [types.isFloat64Array, 'Float64Array'],
];

/**
 * The value type for a value that is neither null nor undefined.
 *
 * @throws ValueFault when no value type can hold it
 */
export function inferValueType(value: unknown): ValueType {
  if (typeof value === 'boolean') return 'Bool';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'Int64' : 'Float64';
  if (typeof value === 'bigint') return wholeType(value, value);
  if (typeof value === 'object') return objectType(value);
  throw new ValueFault(t`${typeName(value)} is no data`);
}

function objectType(value: unknown): ValueType {
  if (asBuffer(value)) return 'Binary';
  const typed = TYPED_ARRAYS.find(([is]) => is(value));
  if (typed) return typed[1];
  if (Array.isArray(value)) return arrayType(value);
  return types.isDate(value) ? 'String' : 'Object';
}

/** By all elements, not only the first: those of more than one kind need a value type that is said. */
function arrayType(given: readonly unknown[]): ValueType {
  if (given.length === 0) return 'StringArray';
  // `every` would not see the holes of a sparse array.
  const array = Array.from(given);
  if (array.every((item) => typeof item === 'boolean')) return 'BoolArray';
  if (array.every((item) => typeof item === 'string')) return 'StringArray';
  if (array.every((item) => isPlainObject(item))) return 'ObjectArray';
  if (array.every((item): item is number | bigint => typeof item === 'number' || typeof item === 'bigint'))
    return numbersType(array);
  throw new ValueFault(t`its elements are of more than one type; set the value type Object to send it as it is`);
}

function numbersType(array: readonly (number | bigint)[]): ValueType {
  let [minimum, maximum] = [0n, 0n];
  for (const item of array) {
    if (typeof item === 'number' && !Number.isSafeInteger(item)) return 'Float64Array';
    const whole = BigInt(item);
    if (whole < minimum) minimum = whole;
    if (whole > maximum) maximum = whole;
  }
  return `${wholeType(minimum, maximum)}Array`;
}

function wholeType(minimum: bigint, maximum: bigint): 'Int64' | 'Uint64' {
  if (minimum >= INT64_MINIMUM && maximum <= INT64_MAXIMUM) return 'Int64';
  if (minimum >= 0n && maximum <= UINT64_MAXIMUM) return 'Uint64';
  throw new ValueFault(t`a whole number has more than 64 bits`);
}
