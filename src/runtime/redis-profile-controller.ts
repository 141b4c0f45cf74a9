/** A profile node of Redis: which settings it reads. */
import type { RedisProfile } from '../drivers/redis/profile';
import { redisDriver } from '../drivers/redis/redis-driver';
import type { RedisSession } from '../drivers/redis/session';
import { ProfileController, type ProfileParts, type ProfileProtocol } from './profile-controller';
import type { RedisCredentials } from './redis-addresses';
import { overrideRedisCredentials, overrideRedisSettings } from './redis-profile-overrides';
import { readRedisProfile, type RedisProfileSettings } from './redis-profile-settings';

/** What the profile node brings along. */
export interface RedisProfileParts extends ProfileParts {
  readonly credentials: RedisCredentials;
  /** The node of the `tls` property; see `readTls`. */
  readonly tlsNode: unknown;
}

export class RedisProfileController extends ProfileController<RedisProfile, RedisSession, RedisProfileSettings> {
  constructor(parts: RedisProfileParts) {
    super(parts, redisProtocol(parts));
  }
}

function redisProtocol(parts: RedisProfileParts): ProfileProtocol<RedisProfile, RedisSession, RedisProfileSettings> {
  let { settings, credentials } = parts;
  return {
    driver: redisDriver,
    invalidCode: 'REDIS_INVALID_PROFILE',
    overridesField: 'server',
    read: () => readRedisProfile(settings, credentials, parts.tlsNode),
    override: (overrides) => {
      settings = overrideRedisSettings(settings, overrides);
      credentials = overrideRedisCredentials(parts.credentials, overrides);
    },
  };
}
