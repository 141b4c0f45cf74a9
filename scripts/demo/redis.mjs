/** A redis-server for the demo alone, which tells what really reaches it. Its clients log in as MQTT's do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { credentials } from './broker.mjs';
import { host } from './listen.mjs';

const startMillis = 10_000;
const endMillis = 3_000;
/** XAUTOCLAIM, which consumer groups need, came with 6.2. */
const oldest = [6, 2];

export class DemoRedis {
  #child;
  #folder;
  #client;
  port = 0;
  /** Sockets the flows had at the server when they were last counted. */
  sockets = 0;
  /** Most of them at one time. */
  peak = 0;

  /**
   * @param {string} program the path of redis-server
   * @throws an error whose message is one line, if it can't be started or is too old
   */
  static async start(program) {
    for (let triesLeft = 5; ; triesLeft -= 1) {
      const redis = new DemoRedis();
      try {
        await redis.#start(program);
        return redis;
      } catch (error) {
        await redis.stop();
        // Another process may have taken the port that was free a moment ago.
        if (triesLeft <= 1 || !error.message.includes('in use')) throw error;
      }
    }
  }

  async #start(program) {
    this.port = await freePort();
    this.#folder = mkdtempSync(join(tmpdir(), 'node-red-connection-pool-redis-'));
    process.on('exit', this.#kill);
    // A group of its own: Ctrl-C in a terminal goes to the whole group, and the flows need the server to the last.
    const child = spawn(program, ['-'], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stdin.end(configuration(this.port, this.#folder));
    await ready(child);
    this.#client = new Redis({ host, port: this.port });
    this.#client.on('error', () => {});
    const version = /redis_version:(\S+)/.exec(await this.#client.info('server'))?.[1] ?? '0';
    const [major, minor] = version.split('.').map(Number);
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
      throw new Error(`redis-server ${version} is too old: ${oldest.join('.')} is needed`);
    }
  }

  /** Has it ended by itself? */
  get ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Entries of a stream that a group has got and not acknowledged. */
  async pending(stream, group) {
    const [count] = await this.#client.xpending(stream, group);
    return count;
  }

  /** Counts the sockets. */
  async count() {
    const list = String(await this.#client.client('LIST'));
    this.sockets = list.split('\n').filter((line) => line.includes(` user=${credentials.user} `)).length;
    this.peak = Math.max(this.peak, this.sockets);
  }

  async stop() {
    this.#client?.disconnect();
    const child = this.#child;
    if (child?.pid !== undefined && !this.ended) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), endMillis);
      await exited;
      clearTimeout(timer);
    }
    process.off('exit', this.#kill);
    this.#kill();
  }

  #kill = () => {
    this.#child?.kill('SIGKILL');
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  };
}

function configuration(port, folder) {
  return [
    `bind ${host}`,
    `port ${port}`,
    `dir ${folder}`,
    'save ""',
    'appendonly no',
    `user ${credentials.user} on >${credentials.password} ~* &* +@all`,
    '',
  ].join('\n');
}

/** Settles when the server takes connections. */
function ready(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => reject(new Error('redis-server did not get ready')), startMillis);
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      log = (log + chunk).slice(-10_000);
      if (!/ready to accept connections/i.test(log)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      const last = log.trimEnd().split('\n').at(-1);
      reject(new Error(/in use/.test(log) ? 'port in use' : `redis-server ended with exit code ${code}: ${last}`));
    });
  });
}

async function freePort() {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
