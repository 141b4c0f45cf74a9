/** A real master with a replica and one Sentinel, on loopback ports, that promotes the replica when the master dies. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './ports';
import { type RedisServer, SUPPORT_CLIENT_NAME, startRedis } from './redis-server';
import { ServerProcess } from './server-process';
import { waitForAsync } from './waiting';

const SETTLE_MILLIS = 20_000;
const FAILOVER_MILLIS = 30_000;

export interface SentinelOptions {
  /** Asked of who talks to the Sentinel itself. */
  readonly sentinelPassword?: string;
}

/** Starts them and settles when the Sentinel knows both. */
export async function startRedisSentinel(options: SentinelOptions = {}): Promise<RedisSentinel> {
  const master = await startRedis({ config: { 'repl-diskless-sync-delay': '0' } });
  const group = new RedisSentinel(master, options);
  try {
    await group.start();
  } catch (error) {
    await group.stop();
    throw error;
  }
  return group;
}

export class RedisSentinel {
  /** The name of the master group. */
  readonly masterName = 'pool-test';
  /** Where the Sentinel is. */
  readonly sentinels: { host: string; port: number }[] = [];
  /** The master as long as nobody kills it. */
  readonly master: RedisServer;
  readonly #options: SentinelOptions;
  readonly #process = new ServerProcess('redis-server', 'stdout');
  readonly #clients = new Set<Redis>();
  #replica: RedisServer | undefined;
  #directory: string | undefined;
  #asking: Redis | undefined;

  constructor(master: RedisServer, options: SentinelOptions) {
    this.master = master;
    this.#options = options;
  }

  /** The replica, which becomes the master. */
  get replica(): RedisServer {
    if (this.#replica === undefined) throw new Error('not started');
    return this.#replica;
  }

  /** For `startRedisSentinel`. */
  async start(): Promise<void> {
    this.#replica = await startRedis({ config: { replicaof: `127.0.0.1 ${this.master.port}` } });
    const replica = await this.#replica.client();
    await waitForAsync(
      async () => (await replica.info('replication')).includes('master_link_status:up'),
      'the replica to follow the master',
      SETTLE_MILLIS,
    );
    replica.disconnect();
    await this.#startSentinel();
    await waitForAsync(
      async () => {
        const replicas = JSON.stringify(await this.#ask('REPLICAS'));
        return replicas.includes(`"${this.replica.port}"`) && !/disconnected|s_down/.test(replicas);
      },
      'the Sentinel to know the replica',
      SETTLE_MILLIS,
    );
  }

  /** Kills the master outright. */
  killMaster(): Promise<void> {
    return this.master.halt('SIGKILL');
  }

  /** Settles when the Sentinel names the former replica as the master, and it is one. */
  async failedOver(): Promise<void> {
    const replica = await this.replica.client();
    await waitForAsync(
      async () => {
        const named = JSON.stringify(await this.#ask('GET-MASTER-ADDR-BY-NAME'));
        return named.includes(`"${this.replica.port}"`) && (await replica.info('replication')).includes('role:master');
      },
      'the Sentinel to promote the replica',
      FAILOVER_MILLIS,
    );
    replica.disconnect();
  }

  /** A bare client of its own that finds the master through the Sentinel; closed with it. */
  async client(): Promise<Redis> {
    const client = new Redis({
      sentinels: this.sentinels,
      name: this.masterName,
      connectionName: SUPPORT_CLIENT_NAME,
      lazyConnect: true,
      ...(this.#options.sentinelPassword === undefined ? {} : { sentinelPassword: this.#options.sentinelPassword }),
    });
    return this.#connected(client);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.#process.halt('SIGKILL');
    await this.#replica?.stop();
    await this.master.stop();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #startSentinel(): Promise<void> {
    const port = await freePort();
    const { sentinelPassword } = this.#options;
    this.#directory = await mkdtemp(join(tmpdir(), 'redis-sentinel-'));
    const config = join(this.#directory, 'sentinel.conf');
    const lines = [
      'bind 127.0.0.1',
      'protected-mode no',
      `port ${port}`,
      `dir ${this.#directory}`,
      `sentinel monitor ${this.masterName} 127.0.0.1 ${this.master.port} 1`,
      `sentinel down-after-milliseconds ${this.masterName} 500`,
      `sentinel failover-timeout ${this.masterName} 5000`,
      ...(sentinelPassword === undefined ? [] : [`requirepass "${sentinelPassword}"`]),
    ];
    await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
    await this.#process.start([config, '--sentinel'], (line) => line.includes('+monitor master'));
    this.sentinels.push({ host: '127.0.0.1', port });
    this.#asking = await this.#connected(
      new Redis({
        port,
        host: '127.0.0.1',
        lazyConnect: true,
        ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
      }),
    );
  }

  async #ask(question: 'REPLICAS' | 'GET-MASTER-ADDR-BY-NAME'): Promise<unknown> {
    return this.#asking?.call('SENTINEL', question, this.masterName);
  }

  async #connected(client: Redis): Promise<Redis> {
    this.#clients.add(client);
    client.on('error', () => {});
    await client.connect();
    return client;
  }
}
