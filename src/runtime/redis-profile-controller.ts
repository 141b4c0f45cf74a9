/** A profile node of Redis: which settings it reads. */
import type { RedisProfile } from '../drivers/redis/profile';
import { redisDriver } from '../drivers/redis/redis-driver';
import type { RedisSession } from '../drivers/redis/session';
import { ProfileOutbox } from './outbox/profile-outbox';
import { type RedisJob, redisOutboxProtocol } from './outbox/redis-protocol';
import type { GivenSettings } from './named-reference';
import { ProfileController, type ProfileParts, type ProfileProtocol } from './profile-controller';
import type { RedisCredentials } from './redis-addresses';
import { overrideRedisCredentials, overrideRedisSettings } from './redis-profile-overrides';
import { readRedisProfile, type RedisProfileSettings } from './redis-profile-settings';

/** What the profile node brings along. */
export interface RedisProfileParts extends ProfileParts {
  readonly credentials: RedisCredentials;
  /** The node of the `tls` property; see `readTls`. */
  readonly tlsNode: unknown;
  /** Where the outbox is; undefined if there is no place for it. */
  readonly userDirectory?: string | undefined;
}

export class RedisProfileController extends ProfileController<RedisProfile, RedisSession, RedisProfileSettings> {
  readonly outbox: ProfileOutbox<RedisSession, RedisJob>;

  constructor(parts: RedisProfileParts) {
    super(parts, redisProtocol(parts));
    const { node, userDirectory } = parts;
    this.outbox = new ProfileOutbox({ node, profile: this, protocol: redisOutboxProtocol, userDirectory });
  }

  override async close(removed = false): Promise<void> {
    await Promise.all([this.outbox.close(removed), super.close(removed)]);
  }
}

function redisProtocol(parts: RedisProfileParts): ProfileProtocol<RedisProfile, RedisSession, RedisProfileSettings> {
  let overridden: Pick<GivenSettings<RedisCredentials>, 'settings' | 'credentials'> | undefined;
  return {
    driver: redisDriver,
    invalidCode: 'REDIS_INVALID_PROFILE',
    overridesField: 'server',
    read: (named) => {
      const { settings, credentials } = overridden ?? named ?? parts;
      return readRedisProfile(settings, credentials, (named ?? parts).tlsNode);
    },
    override: (overrides, named) => {
      const given = named ?? parts;
      overridden = {
        settings: overrideRedisSettings((overridden ?? given).settings, overrides),
        credentials: overrideRedisCredentials(given.credentials, overrides),
      };
    },
    reset: () => {
      overridden = undefined;
    },
  };
}
