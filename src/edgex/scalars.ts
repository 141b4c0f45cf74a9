/**
 * One value of a simple type and its text, as Go's strconv reads and writes it: whole numbers of up to 64 bits exactly,
 * floats in e-notation (`5e+01`), bools in all of Go's spellings. Faults are texts: who calls knows the resource.
 */
import { quoted, typeName } from './fault';
import type { ScalarRule } from './value-types';
import { t } from '../core/wording';

export type Scalar = boolean | number | bigint | string;

/** Thrown within the codec only, for a value that doesn't fit; the reading's name is added on the way out. */
export class ValueFault extends Error {}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const INTEGER = /^[+-]?[0-9]{1,40}$/;
const FLOAT = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const NOT_FINITE = /^([+-]?)(?:(inf|infinity)|nan)$/i;

/**
 * The value of the type from what a message, a flow or a setting holds: the value itself, another form of number or its text.
 *
 * @throws ValueFault what is wrong with it
 */
export function toScalar(rule: ScalarRule, raw: unknown): Scalar {
  switch (rule.kind) {
    case 'bool':
      return toBool(raw);
    case 'string':
      return toText(raw);
    case 'integer':
      return toInteger(rule, raw);
    case 'float':
      return toFloat(rule, raw);
  }
}

/** The text of a value of the type, as Go writes it. */
export function scalarText(rule: ScalarRule, value: Scalar): string {
  if (rule.kind !== 'float') return String(value);
  const number = Number(value);
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '+Inf' : '-Inf';
  const text = Object.is(number, -0) ? `-${(0).toExponential()}` : number.toExponential();
  // Go has at least two digits in the exponent.
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function toBool(raw: unknown): boolean {
  if (typeof raw === 'boolean') return raw;
  const text = typeof raw === 'number' ? String(raw) : raw;
  if (typeof text === 'string') {
    if (TRUE.has(text)) return true;
    if (FALSE.has(text)) return false;
    throw new ValueFault(t`${quoted(text)} is neither true nor false`);
  }
  throw new ValueFault(t`${typeName(raw)} is no Bool`);
}

function toText(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  if (typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean') return String(raw);
  throw new ValueFault(t`${typeName(raw)} is no String`);
}

function toInteger(rule: ScalarRule, raw: unknown): number | bigint {
  const whole = wholeNumber(rule, raw);
  if (whole < rule.minimum || whole > rule.maximum)
    throw new ValueFault(
      t`${quoted(String(whole))} is beyond the range of ${rule.name} (${rule.minimum} to ${rule.maximum})`,
    );
  return exactNumber(whole);
}

function wholeNumber(rule: ScalarRule, raw: unknown): bigint {
  if (typeof raw === 'bigint') return raw;
  if (typeof raw === 'number') {
    if (Number.isInteger(raw)) return BigInt(raw);
    throw new ValueFault(t`${raw} is not a whole number, as ${rule.name} needs`);
  }
  if (typeof raw === 'string') {
    const text = raw.trim();
    if (INTEGER.test(text)) return BigInt(text.startsWith('+') ? text.slice(1) : text);
    throw new ValueFault(t`${quoted(raw)} is not a whole number, as ${rule.name} needs`);
  }
  throw new ValueFault(t`${typeName(raw)} is no ${rule.name}`);
}

/** A whole number as a number when that is exact, else the bigint. */
export function exactNumber(whole: bigint): number | bigint {
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
}

function toFloat(rule: ScalarRule, raw: unknown): number {
  const value = floatNumber(rule, raw);
  const rounded = rule.name === 'Float32' ? Math.fround(value) : value;
  if (!Number.isFinite(rounded) && !isSaidInfinite(raw))
    throw new ValueFault(t`${quoted(String(raw))} is beyond the range of ${rule.name}`);
  return rule.name === 'Float32' && Number.isFinite(rounded) ? shortest32(rounded) : value;
}

function floatNumber(rule: ScalarRule, raw: unknown): number {
  if (typeof raw === 'number') return raw;
  if (typeof raw === 'bigint') return Number(raw);
  if (typeof raw !== 'string') throw new ValueFault(t`${typeName(raw)} is no ${rule.name}`);
  const text = raw.trim();
  if (FLOAT.test(text)) return Number(text);
  const special = NOT_FINITE.exec(text);
  if (!special) throw new ValueFault(t`${quoted(raw)} is not a number, as ${rule.name} needs`);
  if (special[2] === undefined) return NaN;
  return special[1] === '-' ? -Infinity : Infinity;
}

/** NaN and infinities are values of their own; a finite number that became infinite is out of range. */
function isSaidInfinite(raw: unknown): boolean {
  if (typeof raw === 'number') return !Number.isFinite(raw);
  return typeof raw === 'string' && NOT_FINITE.test(raw.trim());
}

/** The decimal with the fewest digits that is this float of 32 bits: 3.14, not 3.140000104904175. */
function shortest32(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
