/** One reading between its DTO (BaseReading of go-mod-core-contracts v2 to v4) and its typed form. */
import { PoolError } from '../core/errors';
import { edgexError, quoted, typeName } from './fault';
import { objectField, originField, textField, toOrigin } from './fields';
import { asBuffer, getOwn, isPlainObject, type PlainObject } from './plain';
import { type StringArrayForm, toValue, valueText } from './reading-value';
import { ValueFault } from './scalars';
import type { EdgexReading, EdgexValue } from './types';
import { findValueType, type ValueTypeRule } from './value-types';
import { t } from '../core/wording';

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
  const position = () => t`reading ${index + 1}`;
  if (!isPlainObject(raw))
    throw edgexError('EDGEX_INVALID_EVENT', t`Invalid event: ${position()} is ${typeName(raw)}, not an object.`);
  const resourceName = textField(raw, 'resourceName', position) || (event.isSingle ? event.sourceName : '');
  if (resourceName === '')
    throw edgexError('EDGEX_INVALID_EVENT', t`Invalid event: ${position()} has no resourceName.`);
  const rule = valueTypeOf(textField(raw, 'valueType', position), resourceName);
  const units = textField(raw, 'units', position);
  const tags = objectField(raw, 'tags', position);
  const mediaType = rule.valueType === 'Binary' ? textField(raw, 'mediaType', position) : '';
  const reading: Mutable<EdgexReading> = {
    id: textField(raw, 'id', position),
    origin: originField(raw, 'origin', position) || event.origin,
    deviceName: textField(raw, 'deviceName', position) || event.deviceName,
    resourceName,
    profileName: textField(raw, 'profileName', position) || event.profileName,
    valueType: rule.valueType,
    value: valueOf(rule, getOwn(raw, valueKey(rule)), resourceName),
  };
  if (units !== '') reading.units = units;
  if (tags) reading.tags = tags;
  if (mediaType !== '') reading.mediaType = mediaType;
  return reading;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The rule of a value type by name.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` naming the resource
 */
export function valueTypeOf(name: unknown, resourceName: string): ValueTypeRule {
  const rule = typeof name === 'string' ? findValueType(name) : undefined;
  if (rule) return rule;
  const what =
    typeof name !== 'string' || name === '' ? t`it has no value type` : t`the value type ${quoted(name)} is unknown`;
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
  const expected = key === 'origin' ? t`a whole number of 64 bits` : t`text`;
  const owner = quoted(String(reading.resourceName));
  return edgexError('EDGEX_INVALID_EVENT', t`Invalid event: ${key} of the reading ${owner} has to be ${expected}.`);
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
  // Assigned one by one: spreading conditions is ten times slower, and a sink writes thousands of these a second.
  const dto: PlainObject = {};
  if (!form.shortened && reading.id !== '') dto.id = reading.id;
  if (!form.shortened || reading.origin !== event.origin) dto.origin = reading.origin;
  if (!form.shortened) dto.deviceName = reading.deviceName;
  const isSource = event.isSingle && resourceName === event.sourceName;
  if (!form.shortened || !isSource) dto.resourceName = resourceName;
  if (!form.shortened) dto.profileName = reading.profileName;
  dto.valueType = rule.valueType;
  if (reading.units !== undefined) dto.units = reading.units;
  if (reading.tags) dto.tags = reading.tags;
  addValue(dto, rule, value, reading, form.stringArrays);
  return dto;
}

function addValue(
  dto: PlainObject,
  rule: ValueTypeRule,
  value: EdgexValue,
  reading: EdgexReading,
  stringArrays: StringArrayForm,
): void {
  const { scalar } = rule;
  if (value === null) {
    dto.value = null;
    dto.binaryValue = null;
    dto.objectValue = null;
  } else if (scalar) {
    dto.value = naming(reading.resourceName, () => valueText(rule, scalar, value, stringArrays));
  } else if (rule.valueType === 'Binary') {
    dto.binaryValue = asBuffer(value);
    // EdgeX refuses bytes without a media type.
    dto.mediaType = reading.mediaType ?? 'application/octet-stream';
  } else dto.objectValue = value;
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
  return edgexError('EDGEX_INVALID_VALUE', t`Invalid value of resource ${quoted(resourceName)}: ${why}.`);
}
