/**
 * The value of a reading by its value type: typed values from what a message or a flow holds, and the text EdgeX carries
 * them in (go-mod-core-contracts, dtos/reading.go).
 */
import { parseExactJson } from './exact-json';
import { quoted, typeName } from './fault';
import { asBuffer, isPlainObject } from './plain';
import { type Scalar, scalarText, toScalar, ValueFault } from './scalars';
import type { EdgexValue } from './types';
import type { ScalarRule, ValueTypeRule } from './value-types';
import { t } from '../core/wording';

/**
 * The typed value: from the text or the JSON of a message, or from what a flow gives for a value type it names. Arrays may be
 * arrays, typed arrays or text in either of EdgeX's forms.
 *
 * @throws ValueFault what is wrong with it
 */
export function toValue(rule: ValueTypeRule, raw: unknown): EdgexValue {
  if (raw === null || raw === undefined) return null;
  if (rule.scalar === undefined) return rule.valueType === 'Binary' ? toBytes(raw) : toObject(rule, raw);
  const scalar = rule.scalar;
  if (!rule.isArray) return toScalar(scalar, raw);
  return elements(scalar, raw).map((element) => toScalar(scalar, element));
}

/** How an array of strings is written: as JSON since core-contracts 4.0.3, `[a, b]` before. */
export type StringArrayForm = 'json' | 'plain';

/**
 * The text of a value of a simple type or an array of one.
 *
 * @throws ValueFault when the old form of string arrays can't carry the strings
 */
export function valueText(rule: ValueTypeRule, scalar: ScalarRule, value: EdgexValue, form: StringArrayForm): string {
  if (!rule.isArray) return scalarText(scalar, value as Scalar);
  const array = value as readonly Scalar[];
  if (scalar.kind !== 'string') return `[${array.map((element) => scalarText(scalar, element)).join(', ')}]`;
  if (form === 'json') return JSON.stringify(array);
  const text = `[${array.join(', ')}]`;
  const read = strings(text);
  if (read.length !== array.length || read.some((element, index) => element !== array[index]))
    throw new ValueFault(
      t`its strings have commas, blanks or quotes, which the old form of string arrays can not carry`,
    );
  return text;
}

/** What is between the brackets of an array in text; arrays and typed arrays as they are. */
function elements(scalar: ScalarRule, raw: unknown): readonly unknown[] {
  if (Array.isArray(raw)) return raw as unknown[];
  if (ArrayBuffer.isView(raw) && !(raw instanceof DataView)) return Array.from(raw as Uint8Array);
  if (typeof raw !== 'string') throw new ValueFault(t`${typeName(raw)} is no array`);
  const text = raw.trim();
  if (!text.startsWith('[') || !text.endsWith(']') || text.length < 2)
    throw new ValueFault(t`${quoted(raw)} is not an array in square brackets`);
  if (scalar.kind === 'string') return strings(text);
  const inner = text.slice(1, -1).trim();
  return inner === '' ? [] : inner.split(',').map((element) => unquoted(element.trim()));
}

/** Some device services quote each number. */
function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** Both forms of string arrays: JSON if it is that, else the text between commas with a blank, else between commas. */
function strings(text: string): readonly string[] {
  const parsed = text.startsWith('["') ? parsedStrings(text) : undefined;
  if (parsed) return parsed;
  const inner = text.slice(1, -1);
  if (inner.trim() === '') return [];
  return inner.includes(', ') ? inner.split(', ') : inner.split(',');
}

function parsedStrings(text: string): readonly string[] | undefined {
  try {
    const parsed = parseExactJson(text);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes as they are, or from base64 as Go reads it: the standard alphabet with padding, line ends allowed. */
function toBytes(raw: unknown): Buffer {
  const bytes = asBuffer(raw);
  if (bytes) return bytes;
  if (typeof raw !== 'string') throw new ValueFault(t`${typeName(raw)} is neither bytes nor base64`);
  const decoded = decodeBase64(raw);
  if (!decoded) throw new ValueFault(t`the text is not base64 with padding`);
  return decoded;
}

/** The bytes, or undefined if the text isn't base64 with padding. */
export function decodeBase64(text: string): Buffer | undefined {
  const dense = text.includes('\n') || text.includes('\r') ? text.replaceAll(/[\r\n]/g, '') : text;
  if (dense.length % 4 !== 0 || dense.includes('-') || dense.includes('_')) return undefined;
  const padding = dense.endsWith('==') ? 2 : dense.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(dense, 'base64');
  // Node skips what isn't base64, so that fewer bytes come out.
  return bytes.length === (dense.length / 4) * 3 - padding ? bytes : undefined;
}

function toObject(rule: ValueTypeRule, raw: unknown): EdgexValue {
  if (rule.isArray && !Array.isArray(raw)) throw new ValueFault(t`${typeName(raw)} is no ObjectArray`);
  if (typeof raw === 'function' || typeof raw === 'symbol') throw new ValueFault(t`a ${typeof raw} is no data`);
  const isInstance = typeof raw === 'object' && !Array.isArray(raw) && !isPlainObject(raw) && !asBuffer(raw);
  if (isInstance && raw !== null && !('toJSON' in raw))
    throw new ValueFault(t`an instance of a class is no data; make it a plain object`);
  return raw as EdgexValue;
}
