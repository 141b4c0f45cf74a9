/** What a profile says about its outbox, and a sink about the place and the moment a message counts as done. */
import type { QueueOverflow } from '../../core/driver';
import { type CheckedReaders, readText, type Settings } from '../settings-readers';
import { t } from '../../core/wording';

export interface OutboxSettings {
  /** Where the profile's sinks keep what they can't send, unless a sink says otherwise. @default 'memory' */
  readonly place: 'memory' | 'disk';
  /** Entries on disk. @default 1000000 */
  readonly maxCount: number;
  /** @default 1073741824 (1 GiB) */
  readonly maxBytes: number;
  /** 0 for no limit. @default 0 */
  readonly maxAgeMillis: number;
  /** @default 'refuse' */
  readonly overflow: QueueOverflow;
  /** Whether what waited goes before, with or after what comes in new. @default 'before', which keeps one order */
  readonly resendPriority: 'before' | 'with' | 'after';
  /** Entries per second of what waited; 0 for as fast as they are acknowledged. @default 0 */
  readonly resendRate: number;
  /** Name of the property that entries that waited carry; undefined for none. @default undefined */
  readonly resendMark: string | undefined;
}

/** When a message kept on disk counts as done: when it is safe there, or when the other side has it. */
export type DoneWhen = 'safe' | 'delivered';

/** What a sink says. */
export interface SinkOutboxSettings {
  readonly place: 'profile' | 'memory' | 'disk';
  readonly doneWhen: DoneWhen;
}

const UINT32 = 0xffffffff;
const MEGABYTE = 1024 * 1024;

export const DEFAULT_OUTBOX: OutboxSettings = {
  place: 'memory',
  maxCount: 1_000_000,
  maxBytes: 1024 * MEGABYTE,
  maxAgeMillis: 0,
  overflow: 'refuse',
  resendPriority: 'before',
  resendRate: 0,
  resendMark: undefined,
};

/** @throws PoolError with the code of the readers, naming the field */
export function readOutboxSettings(settings: Settings, readers: CheckedReaders): OutboxSettings {
  const megabytes = readers.number(settings, 'outboxMaxMegabytes', 0, UINT32);
  const mark = readText(settings, 'resendMark');
  if (!/^[!-9;-~]*$/.test(mark)) {
    throw readers.invalid('resendMark', t`a name of letters, digits and signs, without spaces and colons`);
  }
  return {
    place: readers.word(settings, 'outbox', ['memory', 'disk']) ?? DEFAULT_OUTBOX.place,
    maxCount: readers.integer(settings, 'outboxMaxCount', 0, UINT32) ?? DEFAULT_OUTBOX.maxCount,
    maxBytes: megabytes === undefined ? DEFAULT_OUTBOX.maxBytes : Math.round(megabytes * MEGABYTE),
    maxAgeMillis: readers.seconds(settings, 'outboxMaxAgeSeconds', 0, UINT32) ?? DEFAULT_OUTBOX.maxAgeMillis,
    overflow:
      readers.word(settings, 'outboxOverflow', ['refuse', 'drop-oldest', 'drop-newest']) ?? DEFAULT_OUTBOX.overflow,
    resendPriority:
      readers.word(settings, 'resendPriority', ['before', 'with', 'after']) ?? DEFAULT_OUTBOX.resendPriority,
    resendRate: readers.number(settings, 'resendRate', 0, UINT32) ?? DEFAULT_OUTBOX.resendRate,
    resendMark: mark === '' ? undefined : mark,
  };
}

/** @throws PoolError with the code of the readers, naming the field */
export function readSinkOutbox(settings: Settings, readers: CheckedReaders): SinkOutboxSettings {
  return {
    place: readers.word(settings, 'outbox', ['profile', 'memory', 'disk']) ?? 'profile',
    doneWhen: readers.word(settings, 'doneWhen', ['safe', 'delivered']) ?? 'safe',
  };
}
