/** From a message of the bus to those a source sends: one of the event, one of each reading, or the payload as it is. */
import { randomUUID } from 'node:crypto';
import type { NodeMessage } from 'node-red';
import { PoolError } from '../../core/errors';
import { decodeMessage } from '../../edgex/envelope';
import { getOwn, isPlainObject, setOwn } from '../../edgex/plain';
import type { EdgexEvent, EdgexMessage, EdgexReading } from '../../edgex/types';
import { type LargeIntegers, withLargeIntegers } from './large-integers';
import type { NameFilter } from './name-filter';
import { t } from '../../core/wording';

export interface EventOutput {
  readonly output: 'event' | 'reading' | 'raw';
  /** Which messages with events are wanted. */
  readonly messageType: 'auto' | 'event' | 'request';
  readonly device: NameFilter | undefined;
  readonly deviceProfile: NameFilter | undefined;
  readonly source: NameFilter | undefined;
  readonly largeIntegers: LargeIntegers;
}

export interface FlowMessages {
  readonly messages: readonly NodeMessage[];
  /** Readings that could not be decoded; the others are in the messages. */
  readonly fault?: PoolError;
}

type Fields = Record<string, unknown>;

const NONE: FlowMessages = { messages: [] };

/**
 * What a flow gets of a message; nothing if it isn't wanted, such as a command or a metric where events are.
 *
 * @throws PoolError of `decodeMessage`
 */
export function toFlowMessages(topic: string, bytes: Buffer, wanted: EventOutput): FlowMessages {
  const message = decodeMessage(bytes, { invalidReadings: 'collect' });
  const { event } = message;
  if (!isWanted(message, wanted)) return NONE;
  const form = wanted.largeIntegers;
  if (wanted.output === 'raw') return { messages: [rawMessage(topic, message, form)] };
  if (!event) return NONE;
  const fault = event.faults && faultOf(event, event.faults);
  const messages =
    wanted.output === 'event'
      ? eventMessages(topic, message, event, form)
      : readingMessages(topic, message, event, form);
  return fault ? { messages, fault } : { messages };
}

function isWanted({ kind, event }: EdgexMessage, wanted: EventOutput): boolean {
  const { device, deviceProfile, source, messageType, output } = wanted;
  const isFiltered = device !== undefined || deviceProfile !== undefined || source !== undefined;
  if (kind === 'other') return output === 'raw' && messageType === 'auto' && !isFiltered;
  if (messageType !== 'auto' && messageType !== (kind === 'event' ? 'event' : 'request')) return false;
  return (
    event !== undefined &&
    (device?.(event.deviceName) ?? true) &&
    (deviceProfile?.(event.profileName) ?? true) &&
    (source?.(event.sourceName) ?? true)
  );
}

/** An event none of whose readings can be decoded is an error only. */
function eventMessages(topic: string, message: EdgexMessage, event: EdgexEvent, form: LargeIntegers): NodeMessage[] {
  if (event.readings.length === 0 && event.faults) return [];
  return [{ topic, payload: flatten(event, form), meta: withReadings(message, event, form) } as NodeMessage];
}

/** Typed values by resource; of two readings of one resource, the last one. */
export function flatten(event: EdgexEvent, form: LargeIntegers): Fields {
  const payload: Fields = {};
  for (const { resourceName, value } of event.readings) setOwn(payload, resourceName, withLargeIntegers(value, form));
  return payload;
}

/** What is known of an event besides its values, as `msg.meta` has it. */
export function withReadings(message: EdgexMessage, event: EdgexEvent, form: LargeIntegers): Fields {
  const readings: Fields = {};
  for (const reading of event.readings) setOwn(readings, reading.resourceName, readingMeta(reading, form));
  const meta = eventMeta(message, event, form);
  meta['readings'] = readings;
  return meta;
}

/** One message of each reading, with `parts`, so that a Join node makes one object of them again. */
function readingMessages(topic: string, message: EdgexMessage, event: EdgexEvent, form: LargeIntegers): NodeMessage[] {
  const meta = eventMeta(message, event, form);
  const count = event.readings.length;
  // Without an id, readings of two events would be joined.
  const id = event.id || randomUUID();
  return event.readings.map((reading, index) => {
    const { resourceName, value } = reading;
    return {
      topic,
      payload: withLargeIntegers(value, form),
      meta: { ...meta, reading: { resourceName, ...readingMeta(reading, form) } },
      parts: { id, type: 'object', key: resourceName, index, count },
    } as NodeMessage;
  });
}

function rawMessage(topic: string, { kind, envelope, payload }: EdgexMessage, form: LargeIntegers): NodeMessage {
  const meta = { messageType: TYPES[kind], ...envelope };
  return { topic, payload: withLargeIntegers(payload, form), meta } as NodeMessage;
}

const TYPES = { event: 'event', 'request-event': 'request', other: 'other' } as const;

/** By assignment: for each event and reading that comes, spreading would cost as much as all the rest. */
function eventMeta({ kind, envelope, payload }: EdgexMessage, event: EdgexEvent, form: LargeIntegers): Fields {
  const { id, deviceName, profileName, sourceName, apiVersion, tags, extensions } = event;
  const origin = withLargeIntegers(event.origin, form);
  const meta: Fields = { id, deviceName, profileName, sourceName, origin, apiVersion };
  if (tags) meta['tags'] = withLargeIntegers(tags, form);
  if (extensions) meta['extensions'] = withLargeIntegers(extensions, form);
  if (envelope.correlationId !== '') meta['correlationId'] = envelope.correlationId;
  const requestId = envelope.requestId || requestIdOf(payload);
  if (requestId !== '') meta['requestId'] = requestId;
  meta['messageType'] = TYPES[kind];
  meta['form'] = envelope.form;
  return meta;
}

/** Requests to add an event have an id of their own, and often none in the envelope. */
function requestIdOf(payload: unknown): string {
  const requestId = isPlainObject(payload) ? getOwn(payload, 'requestId') : undefined;
  return typeof requestId === 'string' ? requestId : '';
}

function readingMeta(reading: EdgexReading, form: LargeIntegers): Fields {
  const { id, deviceName, profileName, valueType, units, tags, mediaType } = reading;
  const origin = withLargeIntegers(reading.origin, form);
  const meta: Fields = id === '' ? {} : { id };
  meta['deviceName'] = deviceName;
  meta['profileName'] = profileName;
  meta['origin'] = origin;
  meta['valueType'] = valueType;
  if (units !== undefined) meta['units'] = units;
  if (tags) meta['tags'] = withLargeIntegers(tags, form);
  if (mediaType !== undefined) meta['mediaType'] = mediaType;
  return meta;
}

/** One error for all readings of a message. */
function faultOf(event: EdgexEvent, faults: readonly PoolError[]): PoolError | undefined {
  const [first] = faults;
  if (!first || faults.length === 1) return first;
  const rest = t`${faults.length - 1} more of ${event.readings.length + faults.length} readings can't be read either.`;
  return new PoolError(first.code, `${first.message} ${rest}`, { cause: first });
}
