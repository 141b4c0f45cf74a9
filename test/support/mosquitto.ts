/** A real mosquitto on a loopback port, with its log, that can be stopped and started again on the same port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MosquittoOptions, writeMosquittoConfig } from './mosquitto-config';
import { freePort } from './ports';
import { ServerProcess } from './server-process';

export type { MosquittoOptions } from './mosquitto-config';

/** The packets whose arrival the log tells. */
export type LoggedPacket = 'CONNECT' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'PUBLISH' | 'PUBACK' | 'PINGREQ' | 'DISCONNECT';

/** Starts a broker and settles when it accepts connections. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const directory = await mkdtemp(join(tmpdir(), 'mosquitto-'));
  const broker = new Mosquitto(directory, options.port ?? (await freePort()), options);
  try {
    await broker.start();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}

export class Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly #directory: string;
  #options: MosquittoOptions;
  readonly #process = new ServerProcess('mosquitto', 'stderr');

  constructor(directory: string, port: number, options: MosquittoOptions) {
    this.#directory = directory;
    this.#options = options;
    this.port = port;
    const scheme = options.websockets === true ? 'ws' : 'mqtt';
    this.url = `${scheme}${options.tls === undefined ? '' : 's'}://127.0.0.1:${port}`;
  }

  /** All lines logged so far, over restarts. */
  get log(): readonly string[] {
    return this.#process.log;
  }

  /** Starts it (again) on its port. */
  async start(): Promise<void> {
    const config = await writeMosquittoConfig(this.#directory, this.port, this.#options);
    await this.#process.start(['-c', config], (line) => line.endsWith(' running'));
  }

  /** Ends the process but keeps its files, so that `start()` continues on the same port. */
  halt(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return this.#process.halt(signal);
  }

  async restart(): Promise<void> {
    await this.halt();
    await this.start();
  }

  /** Other users and passwords while it runs; it cuts off clients whose password is another now. */
  async changeUsers(users: Readonly<Record<string, string>>): Promise<void> {
    this.#options = { ...this.#options, users };
    await writeMosquittoConfig(this.#directory, this.port, this.#options);
    const from = this.log.length;
    this.#process.signal('SIGHUP');
    await this.waitForLog(/Reloading config/, from);
  }

  /** Ends the process and removes its files. */
  async stop(): Promise<void> {
    await this.halt();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** How many packets of a kind arrived, from one client or from all. */
  count(packet: LoggedPacket, clientId?: string): number {
    return this.log.filter((line) =>
      packet === 'CONNECT'
        ? clientId === undefined
          ? line.startsWith('New client connected from ')
          : line.startsWith('New client connected from ') && line.includes(` as ${clientId} (`)
        : clientId === undefined
          ? line.startsWith(`Received ${packet} from `)
          : new RegExp(`^Received ${packet} from ${escapeRegExp(clientId)}( |$)`).test(line),
    ).length;
  }

  /** Waits until a line matches, among those logged from `from` on. */
  waitForLog(pattern: RegExp, from = 0): Promise<string> {
    return this.#process.waitForLog(pattern, from);
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
