/** From a flow message to an event on the bus: its topic and its bytes. */
import { randomUUID } from 'node:crypto';
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import { encodeEvent, type EncodeEventOptions, type ReadingMetadata } from '../../edgex/encode-event';
import { encodeMessage } from '../../edgex/encode-message';
import { eventTopic } from '../../edgex/event-topic';
import { setOwn } from '../../edgex/plain';
import { checkTopic } from '../../edgex/topics';
import type { EdgexEvent } from '../../edgex/types';
import { type EdgexProfileSettings, topicBelow } from './edgex-profile-settings';
import { type EventMetadata, objectOf, readEventMetadata } from './event-metadata';
import { readyEvent } from './ready-event';
import { t } from '../../core/wording';

/** What the fields of a sink say; what is empty is taken from the metadata, then from the profile. */
export interface EventFields {
  device?: unknown;
  deviceProfile?: unknown;
  source?: unknown;
  service?: unknown;
  meta?: unknown;
  topic?: unknown;
}

export interface EventOptions {
  readonly messageType: 'event' | 'request';
  /** The topic of the events' names, or the one of the field. */
  readonly topicMode: 'dynamic' | 'fixed';
  /** The fixed topic is not below the base. */
  readonly completeTopic: boolean;
}

export interface OutgoingEvent {
  readonly topic: string;
  readonly bytes: Buffer;
}

/**
 * Names are those of the node; else of the metadata; else of the profile. A payload that is an event already stays what it
 * is, but for names that the node or the metadata says.
 *
 * @throws PoolError `EDGEX_INVALID_METADATA`, `EDGEX_INVALID_EVENT`, `EDGEX_INVALID_VALUE`, `EDGEX_INVALID_TOPIC`
 */
export function toOutgoingEvent(
  message: NodeMessageInFlow,
  fields: EventFields,
  profile: EdgexProfileSettings,
  options: EventOptions,
): OutgoingEvent {
  const metadata = readEventMetadata(fields.meta);
  const { form, apiVersion, stringArrays } = profile;
  const ready = metadata.resourceName === undefined ? readyEvent(message.payload) : undefined;
  const event = ready
    ? fromReadyEvent(ready, fields, profile, metadata)
    : fromValues(message.payload, fields, profile, metadata);
  const { correlationId } = metadata;
  const bytes = encodeMessage(event, {
    form,
    apiVersion,
    stringArrays,
    messageType: options.messageType,
    ...(correlationId !== undefined && { correlationId }),
  });
  return { topic: topicFor(event, fields, profile, options), bytes };
}

function fromValues(
  payload: unknown,
  fields: EventFields,
  profile: EdgexProfileSettings,
  metadata: EventMetadata,
): EdgexEvent {
  const { resourceName, readings } = metadata;
  return encodeEvent(resourceName === undefined ? payload : objectOf(resourceName, payload), {
    ...eventOptions(fields, profile, metadata),
    ...(readings && { readings: renamed(readings, overriddenNames(fields)) }),
  });
}

/** An event that was received as it is now: what it says itself comes before what the profile says. */
function fromReadyEvent(
  ready: EdgexEvent,
  fields: EventFields,
  profile: EdgexProfileSettings,
  metadata: EventMetadata,
): EdgexEvent {
  const { id, origin, tags, deviceName, profileName, sourceName, extensions } = ready;
  const said = {
    ...(id !== '' && { id }),
    ...(origin !== 0 && { origin }),
    ...(tags && { tags }),
    ...(deviceName !== '' && { deviceName }),
    ...(profileName !== '' && { profileName }),
    ...(sourceName !== '' && { sourceName }),
  };
  const event = encodeEvent({}, eventOptions(fields, profile, { ...said, ...metadata }));
  const names = overriddenNames(fields);
  const readings = ready.readings.map((reading) => ({ ...reading, ...names, id: reading.id || randomUUID() }));
  return { ...event, readings, ...(extensions && { extensions }) };
}

function eventOptions(fields: EventFields, profile: EdgexProfileSettings, metadata: EventMetadata): EncodeEventOptions {
  const { id, origin, tags } = metadata;
  const { device, deviceProfile, source } = fields;
  return {
    deviceName: nameOf(() => t`device`, device) ?? metadata.deviceName ?? profile.deviceName,
    profileName: nameOf(() => t`device profile`, deviceProfile) ?? metadata.profileName ?? profile.profileName,
    sourceName: nameOf(() => t`source`, source) ?? metadata.sourceName ?? profile.sourceName,
    apiVersion: profile.apiVersion,
    ...(id !== undefined && { id }),
    ...(origin !== undefined && { origin }),
    ...(tags && { tags }),
  };
}

interface ReadingNames {
  readonly deviceName?: string;
  readonly profileName?: string;
}

function overriddenNames({ device, deviceProfile }: EventFields): ReadingNames {
  const deviceName = nameOf(() => t`device`, device);
  const profileName = nameOf(() => t`device profile`, deviceProfile);
  return { ...(deviceName !== undefined && { deviceName }), ...(profileName !== undefined && { profileName }) };
}

/** Readings are of the device and profile that the node names, whatever the metadata says. */
function renamed(
  readings: Readonly<Record<string, ReadingMetadata>>,
  names: ReadingNames,
): Readonly<Record<string, ReadingMetadata>> {
  const result: Record<string, ReadingMetadata> = {};
  for (const [resource, metadata] of Object.entries(readings)) setOwn(result, resource, { ...metadata, ...names });
  return result;
}

function topicFor(
  { deviceName, profileName, sourceName }: EdgexEvent,
  fields: EventFields,
  profile: EdgexProfileSettings,
  options: EventOptions,
): string {
  const { base, apiVersion, escape, bus } = profile;
  if (options.topicMode === 'dynamic') {
    const serviceName = nameOf(() => t`service`, fields.service) ?? profile.serviceName;
    return eventTopic(
      { base, deviceName, profileName, sourceName, ...(apiVersion !== 'v2' && { serviceName }) },
      { escape, bus },
    );
  }
  const topic = nameOf(() => t`topic`, fields.topic);
  if (topic === undefined)
    throw new PoolError(
      'EDGEX_INVALID_TOPIC',
      t`There is no topic: set one in the node, or in what its topic refers to.`,
    );
  const whole = topicBelow(base, topic, options.completeTopic);
  checkTopic(whole);
  return whole;
}

/** Text, or undefined for nothing; a name may be a number in a flow. */
function nameOf(what: () => string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new PoolError('EDGEX_INVALID_EVENT', t`The ${what()} of an event must be text: it is of type ${typeof value}.`);
}
