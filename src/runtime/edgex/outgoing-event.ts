/** From a flow message to an event on the bus: its topic and its bytes. */
import type { NodeMessageInFlow } from 'node-red';
import { encodeEvent, type ReadingMetadata } from '../../edgex/encode-event';
import { encodeMessage } from '../../edgex/encode-message';
import { eventTopic } from '../../edgex/event-topic';
import { setOwn } from '../../edgex/plain';
import { checkTopic } from '../../edgex/topics';
import { PoolError } from '../../core/errors';
import { type EdgexProfileSettings, topicBelow } from './edgex-profile-settings';
import { objectOf, readEventMetadata } from './event-metadata';

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
 * Names are those of the node; else of the metadata; else of the profile.
 *
 * @throws PoolError `EDGEX_INVALID_METADATA`, `EDGEX_INVALID_EVENT`, `EDGEX_INVALID_VALUE`, `EDGEX_INVALID_TOPIC`
 */
export function toOutgoingEvent(
  message: NodeMessageInFlow,
  fields: EventFields,
  profile: EdgexProfileSettings,
  options: EventOptions,
): OutgoingEvent {
  const { deviceName, profileName, sourceName, correlationId, resourceName, readings, ...metadata } = readEventMetadata(
    fields.meta,
  );
  const { form, apiVersion, stringArrays } = profile;
  const device = nameOf('device', fields.device);
  const deviceProfile = nameOf('device profile', fields.deviceProfile);
  const names = {
    deviceName: device ?? deviceName ?? profile.deviceName,
    profileName: deviceProfile ?? profileName ?? profile.profileName,
    sourceName: nameOf('source', fields.source) ?? sourceName ?? profile.sourceName,
  };
  const values = resourceName === undefined ? message.payload : objectOf(resourceName, message.payload);
  const event = encodeEvent(values, {
    ...names,
    ...metadata,
    apiVersion,
    ...(readings && { readings: renamed(readings, device, deviceProfile) }),
  });
  const bytes = encodeMessage(event, {
    form,
    apiVersion,
    stringArrays,
    messageType: options.messageType,
    ...(correlationId !== undefined && { correlationId }),
  });
  return { topic: topicFor(names, fields, profile, options), bytes };
}

/** Readings are of the device and profile that the node names, whatever the metadata says. */
function renamed(
  readings: Readonly<Record<string, ReadingMetadata>>,
  deviceName: string | undefined,
  profileName: string | undefined,
): Readonly<Record<string, ReadingMetadata>> {
  if (deviceName === undefined && profileName === undefined) return readings;
  const result: Record<string, ReadingMetadata> = {};
  for (const [resource, metadata] of Object.entries(readings)) {
    const names = {
      ...(deviceName !== undefined && { deviceName }),
      ...(profileName !== undefined && { profileName }),
    };
    setOwn(result, resource, { ...metadata, ...names });
  }
  return result;
}

function topicFor(
  names: { readonly deviceName: string; readonly profileName: string; readonly sourceName: string },
  fields: EventFields,
  profile: EdgexProfileSettings,
  options: EventOptions,
): string {
  const { base, apiVersion, escape, bus } = profile;
  if (options.topicMode === 'dynamic') {
    const serviceName = nameOf('service', fields.service) ?? profile.serviceName;
    return eventTopic({ base, ...names, ...(apiVersion !== 'v2' && { serviceName }) }, { escape, bus });
  }
  const topic = nameOf('topic', fields.topic);
  if (topic === undefined)
    throw new PoolError(
      'EDGEX_INVALID_TOPIC',
      'There is no topic: set one in the node, or in what its topic refers to.',
    );
  const whole = topicBelow(base, topic, options.completeTopic);
  checkTopic(whole);
  return whole;
}

/** Text, or undefined for nothing; a name may be a number in a flow. */
function nameOf(what: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new PoolError('EDGEX_INVALID_EVENT', `The ${what} of an event must be text: it is of type ${typeof value}.`);
}
