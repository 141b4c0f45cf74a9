/** A real mosquitto on a loopback port, with its log, that can be stopped and started again on the same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type MosquittoOptions, writeMosquittoConfig } from './mosquitto-config';
import { freePort } from './ports';
import { waitFor } from './waiting';

export type { MosquittoOptions } from './mosquitto-config';

/** The packets whose arrival the log tells. */
export type LoggedPacket = 'CONNECT' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'PUBLISH' | 'PUBACK' | 'PINGREQ' | 'DISCONNECT';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

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
  /** All lines logged so far, over restarts. */
  readonly log: string[] = [];
  readonly #directory: string;
  readonly #options: MosquittoOptions;
  #child: ChildProcess | undefined;

  constructor(directory: string, port: number, options: MosquittoOptions) {
    this.#directory = directory;
    this.#options = options;
    this.port = port;
    const scheme = options.websockets === true ? 'ws' : 'mqtt';
    this.url = `${scheme}${options.tls === undefined ? '' : 's'}://127.0.0.1:${port}`;
  }

  /** Starts it (again) on its port. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('mosquitto is running already');
    const config = await writeMosquittoConfig(this.#directory, this.port, this.#options);
    const from = this.log.length;
    const path = [process.env.PATH ?? '', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'].join(delimiter);
    const child = spawn('mosquitto', ['-c', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: path },
    });
    this.#child = child;
    running.add(child);
    let ended: string | undefined;
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code) => {
      running.delete(child);
      ended = `exit code ${code}`;
    });
    this.#collect(child);
    await waitFor(
      () => {
        if (ended !== undefined)
          throw new Error(`mosquitto did not start: ${ended}\n${this.log.slice(from).join('\n')}`);
        return this.log.slice(from).some((line) => line.endsWith(' running'));
      },
      () => `mosquitto to start:\n${this.log.slice(from).join('\n')}`,
    );
  }

  /** Ends the process but keeps its files, so that `start()` continues on the same port. */
  async halt(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
    await exited;
    clearTimeout(timer);
  }

  async restart(): Promise<void> {
    await this.halt();
    await this.start();
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
    return waitFor(
      () => this.log.slice(from).find((line) => pattern.test(line)),
      () => `mosquitto to log ${pattern}; last lines:\n${this.log.slice(-20).join('\n')}`,
    );
  }

  #collect(child: ChildProcess): void {
    let rest = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines);
    });
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
