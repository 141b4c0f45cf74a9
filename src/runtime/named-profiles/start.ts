/** Finds or makes the registry of named profiles of a runtime. */
import type { EventEmitter } from 'node:events';
import { isPlainObject } from '../settings-readers';
import { NamedProfiles, type ProfileLog } from './named-profiles';
import type { ProfileLocation } from './profile-files';
import { t } from '../../core/wording';

/** The part of `RED` that is needed here. */
export interface ProfileRuntime {
  readonly events: EventEmitter;
  readonly settings: object;
  readonly log: ProfileLog;
}

interface Started {
  readonly key: unknown[];
  readonly profiles: NamedProfiles;
}

const started = new WeakMap<EventEmitter, Started>();

/**
 * The named profiles of this runtime; the same for every node of it. `connectionPool.profiles` of settings.js says where
 * they are defined: an object of profiles, or the path of a folder or file. Without it, it is the folder `connections`
 * in the user directory.
 */
export function startNamedProfiles({ events, settings, log }: ProfileRuntime): NamedProfiles {
  const userDirectory = 'userDir' in settings && typeof settings.userDir === 'string' ? settings.userDir : undefined;
  const pool = 'connectionPool' in settings && isPlainObject(settings.connectionPool) ? settings.connectionPool : {};
  const { profiles } = pool;
  const existing = started.get(events);
  if (existing && existing.key[0] === userDirectory && existing.key[1] === profiles) return existing.profiles;
  // Another runtime on the same events, as tests start them one after the other.
  existing?.profiles.close();
  const location = readLocation(profiles);
  if (!location && profiles !== undefined && profiles !== null && profiles !== '') {
    log.error(
      t`connectionPool.profiles of settings.js must be the path of a folder or file, or an object or a list of profiles; the folder "connections" of the user directory is used instead.`,
    );
  }
  const registry = new NamedProfiles({
    location,
    userDirectory,
    environment: process.env,
    log,
  });
  started.set(events, { key: [userDirectory, profiles], profiles: registry });
  return registry;
}

function readLocation(profiles: unknown): ProfileLocation | undefined {
  if (typeof profiles === 'string' && profiles !== '') return { kind: 'path', path: profiles, expected: true };
  return isPlainObject(profiles) || Array.isArray(profiles) ? { kind: 'object', value: profiles } : undefined;
}
