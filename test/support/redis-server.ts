/** A real redis-server on a loopback port, that can be halted, frozen and started again on the same port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions as AllClientOptions } from 'ioredis';
import { CLIENT_CERTIFICATE, CLIENT_KEY, TEST_CA } from './certificates';
import { freePort } from './ports';
import { needsLogin, type RedisOptions, SUPPORT_USER, socketPath, writeRedisConfig } from './redis-config';
import { ServerProcess } from './server-process';

export type { RedisOptions } from './redis-config';

/** Options of a bare client; its replies come in the shapes of RESP2. */
export type ClientOptions = Omit<AllClientOptions, 'replyMapping'>;

/** The name of the tests' own clients, which `sockets()` and `clients()` leave out. */
export const SUPPORT_CLIENT_NAME = 'test-support';

/** Starts a server and settles when it accepts connections. What is stored is gone after a restart unless configured. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  for (let triesLeft = 3; ; triesLeft -= 1) {
    const directory = await mkdtemp(join(tmpdir(), 'redis-'));
    const server = new RedisServer(directory, options.port ?? (await freePort()), options);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Between finding a free port and using it, another process may have taken it.
      if (options.port !== undefined || triesLeft <= 1 || !/in use/.test(String(error))) throw error;
    }
  }
}

export class RedisServer {
  readonly port: number;
  /** Without user and password. */
  readonly url: string;
  /** The socket file; only there with the option `unixSocket`. */
  readonly socketPath: string;
  readonly #directory: string;
  readonly #options: RedisOptions;
  readonly #process = new ServerProcess('redis-server', 'stdout');
  readonly #clients = new Set<Redis>();
  #observer: Redis | undefined;

  constructor(directory: string, port: number, options: RedisOptions) {
    this.#directory = directory;
    this.#options = options;
    this.port = port;
    this.url = `redis${options.tls === true ? 's' : ''}://127.0.0.1:${port}`;
    this.socketPath = socketPath(directory);
  }

  /** All lines logged so far, over restarts. */
  get log(): readonly string[] {
    return this.#process.log;
  }

  /** Starts it (again) on its port. */
  async start(): Promise<void> {
    const config = await writeRedisConfig(this.#directory, this.port, this.#options);
    await this.#process.start([config], (line) => line.includes('Ready to accept connections'));
  }

  /** Ends the process but keeps its files, so that `start()` continues on the same port. */
  halt(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return this.#process.halt(signal);
  }

  async restart(): Promise<void> {
    await this.halt();
    await this.start();
  }

  /** Freezes it: connections stay open and nothing answers. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Ends the process and its `client()`s and removes its files. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.halt('SIGKILL');
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** A bare client of its own, connected; it may do everything and is closed with the server. */
  async client(options: ClientOptions = {}): Promise<Redis> {
    const defaults = {
      host: '127.0.0.1',
      port: this.port,
      connectionName: SUPPORT_CLIENT_NAME,
      retryStrategy: () => 50,
      lazyConnect: true,
      ...(needsLogin(this.#options) ? SUPPORT_USER : {}),
      ...(this.#options.tls === true ? { tls: { ca: TEST_CA, cert: CLIENT_CERTIFICATE, key: CLIENT_KEY } } : {}),
    };
    const all: ClientOptions = Object.assign({}, defaults, options);
    const client = new Redis(all);
    this.#clients.add(client);
    // What goes wrong shows at the commands.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      throw error;
    }
    return client;
  }

  /** The clients of this server as CLIENT LIST describes them, but for the tests' own, replicas and sentinels. */
  async clients(): Promise<readonly Readonly<Record<string, string>>[]> {
    this.#observer ??= await this.client();
    const list = String(await this.#observer.client('LIST'));
    return parseClientList(list).filter(
      ({ name = '', flags = '' }) =>
        !name.includes(SUPPORT_CLIENT_NAME) && !name.startsWith('sentinel-') && !/[SM]/.test(flags),
    );
  }

  /** How many connections there are, but for the tests' own. */
  async sockets(): Promise<number> {
    return (await this.clients()).length;
  }

  /** Waits until a line matches, among those logged from `from` on. */
  waitForLog(pattern: RegExp, from = 0): Promise<string> {
    return this.#process.waitForLog(pattern, from);
  }
}

function parseClientList(list: string): Record<string, string>[] {
  return list
    .split('\n')
    .filter((line) => line.length > 0)
    .map((line) =>
      Object.fromEntries(
        line.split(' ').map((field) => {
          const at = field.indexOf('=');
          return [field.slice(0, at), field.slice(at + 1)];
        }),
      ),
    );
}
