/** From the flow JSON of a Redis source to what it subscribes to or reads. */
import { hostname } from 'node:os';
import type { ReadRequest } from '../../drivers/redis/reading';
import type { SubscribeRequest } from '../../drivers/redis/subscribing';
import { readDecompression } from '../compression';
import { PAYLOAD_FORMATS } from '../payload-formats';
import type { ReadAs } from '../redis-payload';
import { type FlowLimits, flowLimits } from '../pressure/flow-limits';
import { CheckedReaders, defined, readBoolean, readText, type Settings } from '../settings-readers';
import { t } from '../../core/wording';

/** The checking readers of a source: what can't work is `REDIS_INVALID_SOURCE`. */
const readers = new CheckedReaders('REDIS_INVALID_SOURCE', 'node', 'pool-redis-source');

const MODES = [
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'keyspace',
  'list',
  'reliable-list',
  'sorted-set',
  'stream',
  'group',
] as const;
export type SourceMode = (typeof MODES)[number];

/**
 * When an item of a reliable list or a group is acknowledged: before it is sent into the flow, when everything that
 * came from it is done, or when a message says so.
 */
export type Acknowledge = 'receipt' | 'complete' | 'manual';

export interface SourceSettings {
  readonly mode: SourceMode;
  /** Channel, pattern, list, set or stream; for keyspace events, a pattern of keys. Empty in a dynamic source. */
  readonly key: string;
  readonly datatype: ReadAs;
  readonly dedicated: boolean;
  /** Told by messages what to subscribe to. */
  readonly dynamic: boolean;
  /** Events wanted of keys; empty for all. */
  readonly events: readonly string[];
  /** The one field of stream entries that becomes the payload; empty for an object of all. */
  readonly field: string;
  readonly acknowledge: Acknowledge;
  /** How many messages may be in the flow, where nothing is acknowledged; undefined for any number. */
  readonly limits: FlowLimits | undefined;
  /** Messages per array; 1 for none. */
  readonly batchCount: number;
  /** How long an array is collected at most, in milliseconds; 0 for as long as it takes. */
  readonly batchMillis: number;
  /** What to read; undefined when it subscribes. */
  readonly request: ReadRequest | undefined;
}

const MAXIMUM_COUNT = 100_000;
const MAXIMUM_DELIVERIES = 1_000_000;
const YEAR_SECONDS = 31_536_000;

/** @throws PoolError `REDIS_INVALID_SOURCE`, naming the field */
export function readSourceSettings(settings: Settings, nodeId: string): SourceSettings {
  const mode = readers.word(settings, 'mode', MODES) ?? 'subscribe';
  const key = typeof settings['key'] === 'string' ? settings['key'] : readText(settings, 'key');
  const dynamic = subscribesTo(mode) !== undefined && String(settings['inputs']) === '1';
  if (key === '' && !dynamic && mode !== 'keyspace') throw readers.invalid('key', NAMES[mode]());
  const acknowledge = readers.word(settings, 'acknowledge', ['receipt', 'complete', 'manual']) ?? 'complete';
  const request = readRequest(settings, mode, key, nodeId, acknowledge);
  const limit = request && 'maxUnacknowledged' in request ? request.maxUnacknowledged : undefined;
  return {
    mode,
    key: mode === 'keyspace' ? key || '*' : key,
    datatype: readDatatype(settings),
    dedicated: readBoolean(settings, 'dedicated', false),
    dynamic,
    events: readText(settings, 'events')
      .split(/[\s,]+/)
      .filter((event) => event !== ''),
    field: readText(settings, 'field'),
    acknowledge,
    limits: mode === 'group' || mode === 'reliable-list' ? undefined : flowLimits(settings, readers, 'receipt'),
    // An array that needs more items than may be unacknowledged would never be full.
    batchCount: Math.min(readers.integer(settings, 'batchCount', 1, MAXIMUM_COUNT) ?? 1, limit ?? MAXIMUM_COUNT),
    batchMillis: readers.seconds(settings, 'batchSeconds', 0, YEAR_SECONDS) ?? 0,
    request,
  };
}

function readDatatype(settings: Settings): ReadAs {
  const format = readers.word(settings, 'datatype', PAYLOAD_FORMATS) ?? 'string';
  const decompression = readDecompression(readers, settings);
  return decompression.compression === 'none' ? format : { format, decompression };
}

/** The kind of subscription of a mode; undefined for those that read. */
export function subscribesTo(mode: SourceMode): SubscribeRequest['kind'] | undefined {
  return SUBSCRIBING[mode];
}

const SUBSCRIBING: Partial<Record<SourceMode, SubscribeRequest['kind']>> = {
  subscribe: 'channel',
  psubscribe: 'pattern',
  ssubscribe: 'sharded',
};

/** Whether items of the source are to be acknowledged by the flow. */
export function isAcknowledged({ mode, acknowledge }: Pick<SourceSettings, 'mode' | 'acknowledge'>): boolean {
  return (mode === 'group' || mode === 'reliable-list') && acknowledge !== 'receipt';
}

const NAMES: Readonly<Record<SourceMode, () => string>> = {
  subscribe: () => t`the name of a channel`,
  psubscribe: () => t`a pattern such as news.*`,
  ssubscribe: () => t`the name of a channel`,
  keyspace: () => t`a pattern of keys`,
  list: () => t`the key of a list`,
  'reliable-list': () => t`the key of a list`,
  'sorted-set': () => t`the key of a sorted set`,
  stream: () => t`the key of a stream`,
  group: () => t`the key of a stream`,
};

function readRequest(
  settings: Settings,
  mode: SourceMode,
  key: string,
  nodeId: string,
  acknowledge: Acknowledge,
): ReadRequest | undefined {
  const maxUnacknowledged = readers.integer(settings, 'maxUnacknowledged', 1, MAXIMUM_COUNT);
  const atOnce = readers.integer(settings, 'count', 1, MAXIMUM_COUNT) ?? 100;
  // What is read at once goes into the flow at once: nothing is read while there is less room than that.
  const count = maxUnacknowledged === undefined ? atOnce : Math.min(atOnce, Math.ceil(maxUnacknowledged / 4));
  switch (mode) {
    case 'list':
      return { kind: 'list', key, end: listEnd(settings), count };
    case 'reliable-list':
      return {
        kind: 'reliable-list',
        key,
        end: listEnd(settings),
        processingKey: readText(settings, 'processingKey') || processingKey(key, nodeId),
        ...defined({ maxUnacknowledged }),
      };
    case 'sorted-set':
      return { kind: 'sorted-set', key, end: readers.word(settings, 'end', ['min', 'max']) ?? 'min', count };
    case 'stream':
      return { kind: 'stream', key, position: readPosition(settings) ?? '$', count };
    case 'group': {
      const group = readText(settings, 'group');
      if (group === '') throw readers.invalid('group', t`the name of a consumer group`);
      const acknowledgement = acknowledge === 'receipt' ? 'receipt' : 'settle';
      return {
        kind: 'group',
        key,
        group,
        consumer: readText(settings, 'consumer') || `${hostname()}-${nodeId}`,
        create: readBoolean(settings, 'create', true),
        count: atOnce,
        acknowledge: acknowledgement,
        ...defined({
          position: readPosition(settings),
          maxUnacknowledged,
          claimIdleMillis: readers.seconds(settings, 'claimIdleSeconds', 0, YEAR_SECONDS),
          maxDeliveries: readers.integer(settings, 'maxDeliveries', 0, MAXIMUM_DELIVERIES),
          deadLetterKey: readText(settings, 'deadLetterKey') || undefined,
        }),
      };
    }
    case 'subscribe':
    case 'psubscribe':
    case 'ssubscribe':
    case 'keyspace':
      return undefined;
  }
}

function listEnd(settings: Settings): 'left' | 'right' {
  return readers.word(settings, 'end', ['left', 'right']) ?? 'left';
}

function readPosition(settings: Settings): string | undefined {
  const position = readText(settings, 'position');
  if (position === '') return undefined;
  if (position === '$' || /^\d+(-\d+)?$/.test(position)) return position;
  throw readers.invalid('position', t`$ (what is new), 0 (the beginning) or the id of an entry`);
}

/** Beside the list, in the same slot of a cluster, and of this node alone. */
function processingKey(key: string, nodeId: string): string {
  const tagged = /\{[^}]+\}/.test(key) ? key : `{${key}}`;
  return `${tagged}:processing:${hostname()}-${nodeId}`;
}
