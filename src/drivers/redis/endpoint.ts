/** Where a profile connects to, in words and in the parts of a client. */
import type { Cluster, Redis } from 'ioredis';
import type { Socket } from 'node:net';
import type { RedisAddress, RedisProfile } from './profile';

/** The address for people: never a user name or password. */
export function describeEndpoint({ endpoint, tls, database = 0 }: RedisProfile): string {
  const scheme = tls ? 'rediss' : 'redis';
  const path = database > 0 ? `/${database}` : '';
  switch (endpoint.kind) {
    case 'standalone':
      return `${scheme}://${hostAndPort(endpoint)}${path}`;
    case 'unix':
      return `unix:${endpoint.path}${database > 0 ? `?db=${database}` : ''}`;
    case 'sentinel':
      return `${scheme}+sentinel://${endpoint.sentinels.map(hostAndPort).join(',')}/${endpoint.masterName}${path}`;
    case 'cluster':
      return `${scheme}+cluster://${endpoint.nodes.map(hostAndPort).join(',')}`;
  }
}

export function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}

/** The sockets of a client; none before it connects. */
export function socketsOf(client: Redis | Cluster): Socket[] {
  const clients = isCluster(client) ? client.nodes() : [client];
  // ioredis keeps its socket to itself in its types.
  return clients.flatMap((each) => (each as unknown as { readonly stream?: Socket }).stream ?? []);
}

/** The RESP version that was agreed on. */
export function protocolOf(client: Redis | Cluster): 2 | 3 {
  const one = isCluster(client) ? client.nodes()[0] : client;
  const { condition } = (one ?? {}) as unknown as { readonly condition?: { readonly protocol?: number } };
  return condition?.protocol === 2 ? 2 : 3;
}

function hostAndPort({ host, port }: RedisAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
