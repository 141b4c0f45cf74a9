/** A real Redis cluster of three masters on loopback ports, without replicas. */
import { Cluster } from 'ioredis';
import { freePort } from './ports';
import { type RedisServer, SUPPORT_CLIENT_NAME, startRedis } from './redis-server';
import { waitForAsync } from './waiting';

const MASTERS = 3;
const SLOTS = 16_384;
const SETTLE_MILLIS = 20_000;

/** Starts a cluster and settles when every node says that it is complete: takes about two seconds. */
export async function startRedisCluster(config: Readonly<Record<string, string>> = {}): Promise<RedisCluster> {
  const busPorts = await Promise.all(Array.from({ length: MASTERS }, () => freePort()));
  const started = await Promise.allSettled(
    busPorts.map((busPort) =>
      startRedis({
        config: {
          'cluster-enabled': 'yes',
          'cluster-port': String(busPort),
          'cluster-node-timeout': '3000',
          ...config,
        },
      }),
    ),
  );
  const cluster = new RedisCluster(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await join(cluster.masters, busPorts);
    await cluster.settled();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

export class RedisCluster {
  /** Each has a third of the slots, in this order. */
  readonly masters: readonly RedisServer[];
  readonly #clients = new Set<Cluster>();

  constructor(masters: readonly RedisServer[]) {
    this.masters = masters;
  }

  /** The addresses, as a profile or a client takes them. */
  get nodes(): readonly { readonly host: string; readonly port: number }[] {
    return this.masters.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** Settles when every node knows all nodes and all slots are served. */
  async settled(): Promise<void> {
    await Promise.all(
      this.masters.map(async (master) => {
        const client = await master.client();
        const isComplete = async () => {
          const info = String(await client.call('CLUSTER', 'INFO'));
          return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${this.masters.length}`);
        };
        await waitForAsync(isComplete, `the cluster to be complete at port ${master.port}`, SETTLE_MILLIS);
        client.disconnect();
      }),
    );
  }

  /** A bare cluster client of its own, ready; closed with the cluster. */
  async client(): Promise<Cluster> {
    const client = new Cluster([...this.nodes], {
      lazyConnect: true,
      redisOptions: { connectionName: SUPPORT_CLIENT_NAME },
    });
    this.#clients.add(client);
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** How many connections there are at all nodes together, but for the tests' own. */
  async sockets(): Promise<number> {
    const counts = await Promise.all(this.masters.map((master) => master.sockets()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.masters.map((master) => master.stop()));
  }
}

/** Shares out the slots and introduces the nodes to each other. */
async function join(masters: readonly RedisServer[], busPorts: readonly number[]): Promise<void> {
  const share = Math.ceil(SLOTS / masters.length);
  const clients = await Promise.all(masters.map((master) => master.client()));
  // A node takes its epoch only while it knows no other one.
  for (const [index, client] of clients.entries()) {
    const last = Math.min((index + 1) * share, SLOTS) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const [index, client] of clients.entries()) {
    for (const [other, { port }] of masters.entries()) {
      if (other !== index) await client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[other] ?? 0);
    }
    client.disconnect();
  }
}
