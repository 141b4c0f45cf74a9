/** What every profile says about its leases: the limits of the queue, and when the connection closes. */
import type { QueueLimits } from '../core/driver';
import { type OutboxSettings, readOutboxSettings } from './outbox/settings';
import { type CheckedReaders, defined, readBoolean, type Settings } from './settings-readers';

export const UINT32 = 0xffffffff;

export interface LeaseSettings {
  readonly lingerMillis: number | undefined;
  /** Open as long as the flows run, rather than closing with the last user. @default false */
  readonly keepOpen?: boolean;
  readonly queue: Partial<QueueLimits>;
  /** Where sinks keep what they can't send, and how it is sent later. @default in memory */
  readonly outbox?: OutboxSettings;
}

/** @throws PoolError with the code of the readers, naming the field */
export function readLeaseSettings(settings: Settings, readers: CheckedReaders): LeaseSettings {
  const megabytes = readers.number(settings, 'queueMaxMegabytes', 0, UINT32);
  return {
    lingerMillis: readers.integer(settings, 'lingerMillis', 0, UINT32),
    keepOpen: readBoolean(settings, 'keepOpen', false),
    queue: defined({
      maxCount: readers.integer(settings, 'queueMaxCount', 0, UINT32),
      maxBytes: megabytes === undefined ? undefined : Math.round(megabytes * 1024 * 1024),
      maxAgeMillis: readers.seconds(settings, 'queueMaxAgeSeconds', 0, UINT32),
      overflow: readers.word(settings, 'queueOverflow', ['refuse', 'drop-oldest', 'drop-newest']),
    }),
    outbox: readOutboxSettings(settings, readers),
  };
}
