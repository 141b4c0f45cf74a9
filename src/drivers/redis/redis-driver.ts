/** The Redis driver: any number of nodes on one connection to a server, a Sentinel-watched master or a cluster. */
import type { Driver } from '../../core/driver';
import { connectTimeoutMillis } from './client-options';
import { describeEndpoint } from './endpoint';
import { normaliseProfile } from './normalise-profile';
import type { RedisProfile } from './profile';
import { RedisConnection } from './redis-connection';
import type { RedisSession } from './session';

export const redisDriver: Driver<RedisProfile, RedisSession> = {
  type: 'redis',
  normalise: normaliseProfile,
  describe: describeEndpoint,
  dedicate: (profile) => ({ ...profile, dedicated: true }),
  connectTimeoutMillis: (profile) => connectTimeoutMillis(profile) + 2000,
  open: (profile, context) => new RedisConnection(profile, context),
};
