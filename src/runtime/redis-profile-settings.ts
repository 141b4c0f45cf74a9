/** From the flow JSON and credentials of a Redis profile node to the driver's profile and the lease's options. */
import type { RedisProfile, RedisTls } from '../drivers/redis/profile';
import { type LeaseSettings, readLeaseSettings } from './lease-settings';
import { readPlace, type RedisCredentials, redisReaders } from './redis-addresses';
import { credentialText, defined, readBoolean, readText, type Settings } from './settings-readers';
import { readTls } from './tls-settings';
import { t } from '../core/wording';

/** Things that work, but not as the profile says. Keys of the catalogue, under `errors`. */
export type RedisProfileWarning = 'certificate-not-verified';

export interface RedisProfileSettings extends LeaseSettings {
  readonly profile: RedisProfile;
  readonly warnings: readonly RedisProfileWarning[];
}

const DAY_SECONDS = 86_400;
const MAXIMUM_DATABASE = 0x7fffffff;

/**
 * @param tlsNode the node of the `tls` property; see `readTls`
 * @throws PoolError `REDIS_INVALID_PROFILE` or `REDIS_TLS`, naming the field
 */
export function readRedisProfile(
  settings: Settings,
  credentials: RedisCredentials,
  tlsNode?: unknown,
): RedisProfileSettings {
  const { endpoint, secure, database: databaseOfUrl } = readPlace(settings, credentials);
  const usesTls = endpoint.kind !== 'unix' && (secure ?? readBoolean(settings, 'usetls', false));
  const tls = usesTls ? (readTls(settings, tlsNode, 'REDIS_TLS') as RedisTls) : undefined;
  const database = redisReaders.integer(settings, 'database', 0, MAXIMUM_DATABASE) ?? databaseOfUrl ?? 0;
  if (endpoint.kind === 'cluster' && database > 0) {
    throw redisReaders.invalid('database', t`0 or empty, because a cluster has no other databases`);
  }
  const connectionName = readText(settings, 'connectionName');
  if (!/^[!-~]*$/.test(connectionName)) {
    throw redisReaders.invalid('connectionName', t`of letters, digits and signs, without spaces`);
  }
  const profile: RedisProfile = {
    endpoint,
    database,
    ...defined({
      username: credentialText(credentials.user),
      password: credentialText(credentials.password),
      tls,
      connectionName: connectionName || undefined,
      connectTimeoutMillis: redisReaders.seconds(settings, 'connectTimeoutSeconds', 0.1, DAY_SECONDS),
      commandTimeoutMillis: redisReaders.seconds(settings, 'commandTimeoutSeconds', 0.1, DAY_SECONDS),
      resend: redisReaders.word(settings, 'resend', ['safe', 'always', 'never']),
    }),
  };
  const careless = tls?.rejectUnauthorized === false && tlsNode === undefined;
  return {
    profile,
    ...readLeaseSettings(settings, redisReaders),
    warnings: careless ? ['certificate-not-verified'] : [],
  };
}
