/** From a profile to an ioredis client that does nothing by itself: no reconnecting, no queue, no resending. */
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis } from 'ioredis';
import type { RedisProfile } from './profile';

const KEEP_ALIVE_MILLIS = 30_000;
const DEFAULT_CONNECT_TIMEOUT_MILLIS = 10_000;

export function connectTimeoutMillis({ connectTimeoutMillis = DEFAULT_CONNECT_TIMEOUT_MILLIS }: RedisProfile): number {
  return connectTimeoutMillis;
}

/** A client that is not connected yet. */
export function newClient(profile: RedisProfile): Redis | Cluster {
  const { endpoint } = profile;
  const common = commonOptions(profile);
  switch (endpoint.kind) {
    case 'standalone':
      return new Redis({ ...common, host: endpoint.host, port: endpoint.port });
    case 'unix':
      return new Redis({ ...common, path: endpoint.path });
    case 'sentinel': {
      const { sentinelUsername, sentinelPassword } = endpoint;
      return new Redis({
        ...common,
        sentinels: [...endpoint.sentinels],
        name: endpoint.masterName,
        sentinelRetryStrategy: () => null,
        sentinelCommandTimeout: connectTimeoutMillis(profile),
        ...(sentinelUsername ? { sentinelUsername } : {}),
        ...(sentinelPassword ? { sentinelPassword } : {}),
        ...(profile.tls
          ? { enableTLSForSentinelMode: true, sentinelTLS: { ...profile.tls } as ConnectionOptions }
          : {}),
      });
    }
    case 'cluster':
      return new Cluster([...endpoint.nodes], {
        redisOptions: common,
        clusterRetryStrategy: () => null,
        shardedSubscribers: true,
        // Whether a command may be sent again is for the command queue to say.
        retryDelayOnFailover: 0,
        slotsRefreshTimeout: connectTimeoutMillis(profile),
        lazyConnect: true,
        // With TLS, certificates are for names: the addresses the cluster tells must not be resolved before.
        ...(profile.tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
      });
  }
}

function commonOptions(profile: RedisProfile) {
  const { username, password, tls, connectionName, database = 0, protocol = 3 } = profile;
  return {
    db: database,
    protocol,
    lazyConnect: true,
    retryStrategy: () => null,
    reconnectOnError: null,
    enableOfflineQueue: false,
    // The driver asks INFO itself: ioredis writes to the console when INFO is not allowed.
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    connectTimeout: connectTimeoutMillis(profile),
    keepAlive: KEEP_ALIVE_MILLIS,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(connectionName ? { connectionName } : {}),
    ...(tls ? { tls: tls as ConnectionOptions } : {}),
  };
}
