/**
 * What a message says about the event to be made of it: `msg.meta` in the form in which an EdgeX source sends it. Only what
 * has the right type goes on; what hasn't is an error that names it.
 */
import { PoolError } from '../../core/errors';
import type { EncodeEventOptions, ReadingMetadata } from '../../edgex/encode-event';
import { isPlainObject, type PlainObject, setOwn } from '../../edgex/plain';
import { t } from '../../core/wording';

export interface EventMetadata extends Partial<Pick<EncodeEventOptions, 'id' | 'origin' | 'tags' | 'readings'>> {
  readonly deviceName?: string;
  readonly profileName?: string;
  readonly sourceName?: string;
  readonly correlationId?: string;
  /** The payload is the value of this resource, rather than an object of values. */
  readonly resourceName?: string;
}

const EVENT_TEXTS = ['id', 'deviceName', 'profileName', 'sourceName', 'correlationId'] as const;
const READING_TEXTS = ['id', 'deviceName', 'profileName', 'valueType', 'mediaType', 'units'] as const;

/** @throws PoolError `EDGEX_INVALID_METADATA`, naming the field */
export function readEventMetadata(value: unknown): EventMetadata {
  if (value === undefined || value === null) return {};
  if (!isPlainObject(value)) throw invalid(t`The metadata`, t`an object`);
  const common = readCommon(value, EVENT_TEXTS, () => t`metadata`);
  const readings = own(value, 'readings');
  if (readings !== undefined) return { ...common, readings: readReadings(readings) };
  const reading = own(value, 'reading');
  return reading === undefined ? common : { ...common, ...readSingle(reading) };
}

/** What a source that sends each reading by itself says of it. */
function readSingle(reading: unknown): Pick<EventMetadata, 'resourceName' | 'readings'> {
  const resourceName = isPlainObject(reading) ? own(reading, 'resourceName') : undefined;
  if (typeof resourceName !== 'string')
    throw invalid(t`"reading" of the metadata`, t`an object with the resourceName of the value`);
  return { resourceName, readings: readReadings(objectOf(resourceName, reading)) };
}

/** An object with this one property, whatever its name. */
export function objectOf(name: string, value: unknown): PlainObject {
  const object: PlainObject = {};
  setOwn(object, name, value);
  return object;
}

function readReadings(value: unknown): Record<string, ReadingMetadata> {
  if (!isPlainObject(value)) throw invalid(t`"readings" of the metadata`, t`an object with an entry per resource`);
  const readings: Record<string, ReadingMetadata> = {};
  for (const [resource, metadata] of Object.entries(value)) {
    const place = () => t`metadata of ${JSON.stringify(resource.slice(0, 60))}`;
    if (!isPlainObject(metadata)) throw invalid(t`The ${place()}`, t`an object`);
    setOwn(readings, resource, readCommon(metadata, READING_TEXTS, place));
  }
  return readings;
}

type Common<Name extends string> = { [K in Name]?: string } & Pick<ReadingMetadata, 'origin' | 'tags'>;

function readCommon<Name extends string>(
  source: PlainObject,
  texts: readonly Name[],
  place: () => string,
): Common<Name> {
  const found: PlainObject = {};
  for (const name of texts) {
    const value = own(source, name);
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string') throw invalid(t`"${name}" of the ${place()}`, t`a string`);
    found[name] = value;
  }
  const origin = own(source, 'origin');
  if (origin !== undefined && origin !== '') {
    if (!['number', 'bigint', 'string'].includes(typeof origin))
      throw invalid(t`"origin" of the ${place()}`, t`a whole number of nanoseconds, as a number, bigint or text`);
    found['origin'] = origin;
  }
  const tags = own(source, 'tags');
  if (tags !== undefined) {
    if (!isPlainObject(tags)) throw invalid(t`"tags" of the ${place()}`, t`an object`);
    found['tags'] = tags;
  }
  return found as Common<Name>;
}

/** Own properties only; null is as good as nothing. */
function own(source: PlainObject, name: string): unknown {
  return Object.hasOwn(source, name) ? (source[name] ?? undefined) : undefined;
}

function invalid(what: string, expected: string): PoolError {
  return new PoolError('EDGEX_INVALID_METADATA', t`${what} must be ${expected}; correct it in the message.`);
}
