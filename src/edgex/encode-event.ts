/** Events from what a flow sends: each field of an object, or of each object of an array, becomes a reading. */
import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { edgexError, quoted, typeName } from './fault';
import { toOrigin } from './fields';
import { inferValueType } from './infer-value-type';
import { isPlainObject } from './plain';
import { invalidValue, valueOf, valueTypeOf } from './reading';
import { ValueFault } from './scalars';
import type { EdgexEvent, EdgexReading, EdgexTags } from './types';
import type { ValueType } from './value-types';
import { t } from '../core/wording';

/** What is set for one resource; anything left out is taken from the event or inferred from the value. */
export interface ReadingMetadata {
  /** A value type in any case; the value is converted to it. With it, null becomes a reading without a value. */
  readonly valueType?: string;
  /** Of Binary. @default 'application/octet-stream' */
  readonly mediaType?: string;
  readonly units?: string;
  readonly tags?: EdgexTags;
  readonly id?: string;
  /** Nanoseconds since 1970, as a number, bigint or text of digits. @default the event's */
  readonly origin?: number | bigint | string;
  readonly deviceName?: string;
  readonly profileName?: string;
}

export interface EncodeEventOptions {
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
  /** @default 'v3', which EdgeX 3.x and 4.x have; 2.x has 'v2' */
  readonly apiVersion?: string;
  /** @default a random UUID */
  readonly id?: string;
  /** Nanoseconds since 1970, as a number, bigint or text of digits. @default now */
  readonly origin?: number | bigint | string;
  readonly tags?: EdgexTags;
  /** By resource name. */
  readonly readings?: Readonly<Record<string, ReadingMetadata>>;
}

/**
 * Builds an event. Fields that are null or undefined are skipped unless a value type is set for them; the value types of the
 * others are set or inferred. Two fields of one name in several objects are two readings.
 *
 * @param input an object, or an array of objects
 * @throws PoolError `EDGEX_INVALID_EVENT`, or `EDGEX_INVALID_VALUE` naming the resource
 */
export function encodeEvent(input: unknown, options: EncodeEventOptions): EdgexEvent {
  const rows: readonly unknown[] = Array.isArray(input) ? input : [input];
  const origin = options.origin === undefined ? nowInNanos() : givenOrigin(options.origin, () => t`the event`);
  const context = { ...options, origin };
  return {
    apiVersion: options.apiVersion ?? 'v3',
    id: options.id ?? randomUUID(),
    deviceName: named('deviceName', options.deviceName),
    profileName: named('profileName', options.profileName),
    sourceName: named('sourceName', options.sourceName),
    origin,
    ...withTags(options.tags),
    readings: rows.flatMap((row) => readingsOf(row, context)),
  };
}

type Context = EncodeEventOptions & { readonly origin: number | bigint };

function readingsOf(row: unknown, context: Context): EdgexReading[] {
  if (!isPlainObject(row))
    throw edgexError('EDGEX_INVALID_EVENT', t`Readings are made from objects: this is ${typeName(row)}.`);
  const readings: EdgexReading[] = [];
  for (const [resourceName, value] of Object.entries(row)) {
    const metadata = metadataOf(context.readings, resourceName);
    const isEmpty = value === null || value === undefined;
    if (!isEmpty || metadata.valueType !== undefined) readings.push(reading(resourceName, value, metadata, context));
  }
  return readings;
}

function reading(resourceName: string, given: unknown, metadata: ReadingMetadata, context: Context): EdgexReading {
  if (resourceName === '')
    throw edgexError('EDGEX_INVALID_EVENT', t`A reading needs a resource name: a field has none.`);
  const raw = types.isDate(given) ? dateText(given, resourceName) : given;
  const rule = valueTypeOf(metadata.valueType ?? inferred(resourceName, raw), resourceName);
  const isEmpty = raw === null || raw === undefined;
  const mediaType = metadata.mediaType ?? 'application/octet-stream';
  return {
    id: metadata.id ?? randomUUID(),
    origin: metadata.origin === undefined ? context.origin : givenOrigin(metadata.origin, () => quoted(resourceName)),
    deviceName: metadata.deviceName ?? context.deviceName,
    resourceName,
    profileName: metadata.profileName ?? context.profileName,
    valueType: rule.valueType,
    ...(metadata.units !== undefined && { units: metadata.units }),
    ...withTags(metadata.tags),
    ...(rule.valueType === 'Binary' && !isEmpty && { mediaType }),
    value: valueOf(rule, raw, resourceName),
  };
}

function dateText(date: Date, resourceName: string): string {
  if (Number.isNaN(date.getTime())) throw invalidValue(resourceName, t`the Date has no valid time`);
  return date.toISOString();
}

/** Own properties only: a resource may be called `constructor`. */
function metadataOf(all: EncodeEventOptions['readings'], resourceName: string): ReadingMetadata {
  return (all && Object.hasOwn(all, resourceName) ? all[resourceName] : undefined) ?? {};
}

function inferred(resourceName: string, value: unknown): ValueType {
  try {
    return inferValueType(value);
  } catch (thrown) {
    throw thrown instanceof ValueFault ? invalidValue(resourceName, thrown.message) : thrown;
  }
}

function withTags(tags: EdgexTags | undefined): { readonly tags?: EdgexTags } {
  return tags && Object.keys(tags).length > 0 ? { tags } : {};
}

function named(key: string, name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '') return name;
  throw edgexError('EDGEX_INVALID_EVENT', t`An event needs a ${key}: set one in the node or the message.`);
}

function givenOrigin(origin: number | bigint | string, owner: () => string): number | bigint {
  const isDigits = typeof origin === 'string' && /^[+-]?\d{1,20}$/.test(origin);
  const whole = toOrigin(isDigits ? BigInt(origin) : origin);
  if (whole !== undefined) return whole;
  throw edgexError('EDGEX_INVALID_EVENT', t`The origin of ${owner()} has to be a whole number of nanoseconds (int64).`);
}

/** Now in nanoseconds: the clock gives milliseconds; the rest is to tell events of one millisecond apart. */
function nowInNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
}
