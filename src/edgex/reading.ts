/** One reading between its DTO (BaseReading of go-mod-core-contracts v2 to v4) and its typed form. */
import { PoolError } from '../core/errors';
import { edgexError, quoted, typeName } from './fault';
import { objectField, originField, textField, toOrigin } from './fields';
import { asBuffer, getOwn, isPlainObject, type PlainObject } from './plain';
import { type StringArrayForm, toValue, valueText } from './reading-value';
import { ValueFault } from './scalars';
import type { EdgexReading, EdgexValue } from './types';
import { findValueType, type ValueTypeRule } from './value-types';

/** What a shortened reading takes from its event. */
export interface EventNames {
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
  readonly origin: number | bigint;
  /** Whether it is the only reading: then its resource may be the event's source. */
  readonly isSingle: boolean;
}

/**
 * Decodes a reading; what `EDGEX_OPTIMIZE_EVENT_PAYLOAD` leaves out is restored, except the id.
 *
 * @throws PoolError `EDGEX_INVALID_EVENT`, or `EDGEX_INVALID_VALUE` naming the resource
 */
export function decodeReading(raw: unknown, event: EventNames, index: number): EdgexReading {
  const position = `reading ${index + 1}`;
  if (!isPlainObject(raw))
    throw edgexError('EDGEX_INVALID_EVENT', `Invalid event: ${position} is ${typeName(raw)}, not an object.`);
  const resourceName = textField(raw, 'resourceName', position) || (event.isSingle ? event.sourceName : '');
  if (resourceName === '') throw edgexError('EDGEX_INVALID_EVENT', `Invalid event: ${position} has no resourceName.`);
  const owner = `${position} (${quoted(resourceName)})`;
  const rule = valueTypeOf(textField(raw, 'valueType', owner), resourceName);
  const units = textField(raw, 'units', owner);
  const tags = objectField(raw, 'tags', owner);
  const mediaType = rule.valueType === 'Binary' ? textField(raw, 'mediaType', owner) : '';
  return {
    id: textField(raw, 'id', owner),
    origin: originField(raw, 'origin', owner) || event.origin,
    deviceName: textField(raw, 'deviceName', owner) || event.deviceName,
    resourceName,
    profileName: textField(raw, 'profileName', owner) || event.profileName,
    valueType: rule.valueType,
    ...(units !== '' && { units }),
    ...(tags && { tags }),
    ...(mediaType !== '' && { mediaType }),
    value: valueOf(rule, getOwn(raw, valueKey(rule)), resourceName),
  };
}

/**
 * The rule of a value type by name.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` naming the resource
 */
export function valueTypeOf(name: unknown, resourceName: string): ValueTypeRule {
  const rule = typeof name === 'string' ? findValueType(name) : undefined;
  if (rule) return rule;
  const what =
    typeof name !== 'string' || name === '' ? 'it has no value type' : `the value type ${quoted(name)} is unknown`;
  throw invalidValue(resourceName, what);
}

/**
 * The typed value of a resource.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` naming the resource
 */
export function valueOf(rule: ValueTypeRule, raw: unknown, resourceName: string): EdgexValue {
  return naming(resourceName, () => toValue(rule, raw));
}

const TEXT_KEYS = ['resourceName', 'id', 'deviceName', 'profileName', 'units', 'mediaType'] as const;
const REQUIRED_KEYS = new Set<string>(['resourceName', 'id', 'deviceName', 'profileName']);

function notWritable(reading: EdgexReading, key: string): PoolError {
  const expected = key === 'origin' ? 'a whole number of 64 bits' : 'text';
  const owner = quoted(String(reading.resourceName));
  return edgexError('EDGEX_INVALID_EVENT', `Invalid event: ${key} of the reading ${owner} has to be ${expected}.`);
}

/** How readings are written. */
export interface ReadingForm {
  readonly stringArrays: StringArrayForm;
  /** Leaves out what the event says already, as EdgeX with `EDGEX_OPTIMIZE_EVENT_PAYLOAD=true`. */
  readonly shortened: boolean;
}

/**
 * The DTO of a reading. Its value is converted once more, so that a reading somebody changed can't be written wrongly.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` naming the resource
 */
export function readingDto(reading: EdgexReading, event: EventNames, form: ReadingForm): PlainObject {
  const { resourceName } = reading;
  for (const key of TEXT_KEYS) {
    const text = reading[key];
    if (typeof text !== 'string' && (text !== undefined || REQUIRED_KEYS.has(key))) throw notWritable(reading, key);
  }
  if (toOrigin(reading.origin) === undefined) throw notWritable(reading, 'origin');
  const rule = valueTypeOf(reading.valueType, resourceName);
  const value = valueOf(rule, reading.value, resourceName);
  const leavesOrigin = form.shortened && reading.origin === event.origin;
  const leavesResource = form.shortened && event.isSingle && resourceName === event.sourceName;
  return {
    ...(!form.shortened && reading.id !== '' && { id: reading.id }),
    ...(!leavesOrigin && { origin: reading.origin }),
    ...(!form.shortened && { deviceName: reading.deviceName }),
    ...(!leavesResource && { resourceName }),
    ...(!form.shortened && { profileName: reading.profileName }),
    valueType: rule.valueType,
    ...(reading.units !== undefined && { units: reading.units }),
    ...(reading.tags && { tags: reading.tags }),
    ...valueFields(rule, value, reading, form.stringArrays),
  };
}

function valueFields(
  rule: ValueTypeRule,
  value: EdgexValue,
  reading: EdgexReading,
  stringArrays: StringArrayForm,
): PlainObject {
  const { scalar } = rule;
  if (value === null) return { value: null, binaryValue: null, objectValue: null };
  if (scalar) return { value: naming(reading.resourceName, () => valueText(rule, scalar, value, stringArrays)) };
  if (rule.valueType !== 'Binary') return { objectValue: value };
  // EdgeX refuses bytes without a media type.
  return { binaryValue: asBuffer(value), mediaType: reading.mediaType ?? 'application/octet-stream' };
}

function valueKey(rule: ValueTypeRule): 'value' | 'binaryValue' | 'objectValue' {
  if (rule.scalar) return 'value';
  return rule.valueType === 'Binary' ? 'binaryValue' : 'objectValue';
}

function naming<T>(resourceName: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof ValueFault ? invalidValue(resourceName, thrown.message) : thrown;
  }
}

/** The error for a value that doesn't fit its resource. */
export function invalidValue(resourceName: string, why: string): PoolError {
  return edgexError('EDGEX_INVALID_VALUE', `Invalid value of resource ${quoted(resourceName)}: ${why}.`);
}
