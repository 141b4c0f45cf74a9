/** Events between their DTOs (Event, AddEventRequest and EventResponse of go-mod-core-contracts v2 to v4) and their typed form. */
import { PoolError } from '../core/errors';
import { edgexError, typeName } from './fault';
import { objectField, originField, type Owner, textField, toOrigin } from './fields';
import { getOwn, isPlainObject, type PlainObject, setOwn } from './plain';
import { decodeReading, type EventNames, readingDto, type ReadingForm } from './reading';
import type { EdgexEvent, EdgexReading } from './types';
import { t } from '../core/wording';

const KNOWN_KEYS = new Set([
  'apiVersion',
  'id',
  'deviceName',
  'profileName',
  'sourceName',
  'origin',
  'readings',
  'tags',
]);

const NAME_KEYS = ['apiVersion', 'id', 'deviceName', 'profileName', 'sourceName'];

const THE_EVENT: Owner = () => t`the event`;

/** An error takes a thousand times as long as a reading: one message with more of them would hold up everything. */
const MAX_FAULTS = 1000;

/** A reading that can't be decoded makes the event an error (`throw`), or is left out and told in `faults`. */
export type InvalidReadings = 'throw' | 'collect';

/** Whether data looks like the DTO of an event: it has readings, and says of what. */
export function isEventDto(data: unknown): data is PlainObject {
  if (!isPlainObject(data) || !Object.hasOwn(data, 'readings')) return false;
  const readings = data.readings;
  return (
    (Array.isArray(readings) || readings === null) &&
    ['deviceName', 'profileName', 'sourceName'].some((key) => Object.hasOwn(data, key))
  );
}

/**
 * Decodes the DTO of an event.
 *
 * @throws PoolError `EDGEX_INVALID_EVENT` or `EDGEX_INVALID_VALUE`
 */
export function decodeEvent(dto: unknown, invalidReadings: InvalidReadings = 'throw'): EdgexEvent {
  if (!isPlainObject(dto)) throw edgexError('EDGEX_INVALID_EVENT', t`Invalid event: it is ${typeName(dto)}.`);
  const rawReadings = getOwn(dto, 'readings') ?? [];
  if (!Array.isArray(rawReadings))
    throw edgexError('EDGEX_INVALID_EVENT', t`Invalid event: its readings are ${typeName(rawReadings)}, not an array.`);
  const names: EventNames = {
    deviceName: textField(dto, 'deviceName', THE_EVENT),
    profileName: textField(dto, 'profileName', THE_EVENT),
    sourceName: textField(dto, 'sourceName', THE_EVENT),
    origin: originField(dto, 'origin', THE_EVENT),
    isSingle: rawReadings.length === 1,
  };
  const faults: PoolError[] = [];
  const readings: EdgexReading[] = [];
  for (const [index, raw] of rawReadings.entries()) {
    try {
      readings.push(decodeReading(raw, names, index));
    } catch (thrown) {
      if (invalidReadings === 'throw') throw thrown;
      faults.push(PoolError.from(thrown, 'EDGEX_INVALID_EVENT'));
      if (faults.length > MAX_FAULTS)
        throw edgexError(
          'EDGEX_INVALID_EVENT',
          t`Invalid event: more than ${MAX_FAULTS} of its readings can't be read.`,
        );
    }
  }
  const tags = objectField(dto, 'tags', THE_EVENT);
  const extensions = extensionsOf(dto);
  return {
    apiVersion: textField(dto, 'apiVersion', THE_EVENT),
    id: textField(dto, 'id', THE_EVENT),
    deviceName: names.deviceName,
    profileName: names.profileName,
    sourceName: names.sourceName,
    origin: names.origin,
    ...(tags && { tags }),
    readings,
    ...(extensions && { extensions }),
    ...(faults.length > 0 && { faults }),
  };
}

/**
 * The DTO of an event.
 *
 * @throws PoolError `EDGEX_INVALID_EVENT` or `EDGEX_INVALID_VALUE`, naming the resource
 */
export function eventDto(event: EdgexEvent, form: ReadingForm): PlainObject {
  if (toOrigin(event.origin) === undefined)
    throw edgexError('EDGEX_INVALID_EVENT', t`Invalid event: its origin is not a whole number of 64 bits.`);
  const names: EventNames = {
    deviceName: event.deviceName,
    profileName: event.profileName,
    sourceName: event.sourceName,
    origin: event.origin,
    isSingle: event.readings.length === 1,
  };
  const dto: PlainObject = {
    apiVersion: event.apiVersion,
    id: event.id,
    deviceName: event.deviceName,
    profileName: event.profileName,
    sourceName: event.sourceName,
    origin: event.origin,
    readings: event.readings.map((reading) => readingDto(reading, names, form)),
  };
  if (event.tags) dto.tags = event.tags;
  for (const [key, value] of Object.entries(event.extensions ?? {})) {
    if (!KNOWN_KEYS.has(key)) setOwn(dto, key, value);
  }
  return dto;
}

/** Whether a value is an event of this codec, and not some other payload. */
export function isEdgexEvent(value: unknown): value is EdgexEvent {
  return isEventDto(value) && Array.isArray(value.readings) && NAME_KEYS.every((key) => typeof value[key] === 'string');
}

function extensionsOf(dto: PlainObject): PlainObject | undefined {
  let extensions: PlainObject | undefined;
  for (const [key, value] of Object.entries(dto)) {
    if (KNOWN_KEYS.has(key)) continue;
    extensions ??= {};
    setOwn(extensions, key, value);
  }
  return extensions;
}
