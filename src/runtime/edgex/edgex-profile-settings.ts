/** From the flow JSON of an EdgeX profile to what its nodes go by. */
import type { PoolError } from '../../core/errors';
import type { Qos } from '../../drivers/mqtt/profile';
import type { NameEscape } from '../../edgex/event-topic';
import type { StringArrayForm } from '../../edgex/reading-value';
import { checkTopic } from '../../edgex/topics';
import type { EdgexForm } from '../../edgex/types';
import { CheckedReaders, readBoolean, readText, type Settings } from '../settings-readers';
import type { EdgexBusKind } from './edgex-session';
import { t } from '../../core/wording';

export interface EdgexProfileSettings {
  readonly bus: EdgexBusKind;
  /** The topic that all others are below, without slashes at its ends. @default 'edgex' */
  readonly base: string;
  /** The service that events come from, a level of their topics. @default 'node-red' */
  readonly serviceName: string;
  /** How messages are written; those that come are recognised. @default 'v4' */
  readonly form: EdgexForm;
  /** `v3` of EdgeX 3 and 4; with `v2`, event topics have no service level. @default 'v3' */
  readonly apiVersion: 'v2' | 'v3';
  readonly stringArrays: StringArrayForm;
  readonly escape: NameEscape;
  /** Of all messages on MQTT. @default 0, as EdgeX has it */
  readonly qos: Qos;
  /** What events are of if neither node nor message says. @default 'node-red' each */
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
}

const readers = new CheckedReaders('EDGEX_INVALID_PROFILE', 'EdgeX profile', 'pool-edgex-profile');
const DEFAULT_NAME = 'node-red';

/** @throws PoolError `EDGEX_INVALID_PROFILE`, naming the field */
export function readEdgexProfile(settings: Settings): EdgexProfileSettings {
  return {
    bus: readers.word(settings, 'bus', ['mqtt', 'redis']) ?? 'mqtt',
    base: readBase(settings),
    serviceName: readText(settings, 'service') || DEFAULT_NAME,
    form: readers.word(settings, 'form', ['v4', 'v3', 'cbor-payload', 'cbor']) ?? 'v4',
    apiVersion: readers.word(settings, 'apiVersion', ['v3', 'v2']) ?? 'v3',
    stringArrays: readers.word(settings, 'stringArrays', ['json', 'plain']) ?? 'json',
    escape: readBoolean(settings, 'escapeNames', false) ? 'always' : 'needed',
    qos: (readers.integer(settings, 'qos', 0, 2) ?? 0) as Qos,
    deviceName: readText(settings, 'device') || DEFAULT_NAME,
    profileName: readText(settings, 'deviceProfile') || DEFAULT_NAME,
    sourceName: readText(settings, 'source') || DEFAULT_NAME,
  };
}

/** A topic or filter below the base, unless it is said to be complete. */
export function topicBelow(base: string, topic: string, isComplete: boolean): string {
  if (isComplete) return topic;
  let start = 0;
  while (topic[start] === '/') start += 1;
  return `${base}/${topic.slice(start)}`;
}

function readBase(settings: Settings): string {
  const levels = readText(settings, 'base').split('/');
  const first = levels.findIndex((level) => level !== '');
  if (first === -1) return 'edgex';
  const base = levels.slice(first, levels.findLastIndex((level) => level !== '') + 1).join('/');
  try {
    checkTopic(base);
  } catch (thrown) {
    const { message } = thrown as PoolError;
    throw readers.invalid('base', t`a topic without wildcards, such as edgex (${message})`);
  }
  return base;
}
