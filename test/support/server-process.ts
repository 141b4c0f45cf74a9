/**
 * A server of the system as a child process in the foreground: its log, its start and its end. Whatever a test does,
 * it ends with this process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { waitFor } from './waiting';

/** Servers start slowly on a loaded machine. */
const START_MILLIS = 15_000;
/** Long enough for a loaded machine: one that is killed instead has not written what it keeps. */
const END_MILLIS = 10_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class ServerProcess {
  /** All lines logged so far, over restarts. */
  readonly log: string[] = [];
  readonly #program: string;
  readonly #stream: 'stdout' | 'stderr';
  readonly #endMillis: number;
  #child: ChildProcess | undefined;

  /**
   * @param stream where the program writes its log
   * @param endMillis how long it may take to heed the signal that ends it
   */
  constructor(program: string, stream: 'stdout' | 'stderr', endMillis = END_MILLIS) {
    this.#program = program;
    this.#stream = stream;
    this.#endMillis = endMillis;
  }

  /**
   * Starts it and settles when a line of its log tells that it is ready.
   * @param environment further environment variables
   * @param startMillis how long that may take
   */
  async start(
    args: readonly string[],
    isReady: (line: string) => boolean,
    environment: NodeJS.ProcessEnv = {},
    startMillis = START_MILLIS,
  ): Promise<void> {
    if (this.#child !== undefined) throw new Error(`${this.#program} is running already`);
    const from = this.log.length;
    // Daemons live in folders that are on the PATH of root only.
    const path = [process.env.PATH ?? '', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'].join(delimiter);
    const child = spawn(this.#program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: path, ...environment },
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
        const lines = this.log.slice(from);
        if (ended !== undefined) throw new Error(`${this.#program} did not start: ${ended}\n${lines.join('\n')}`);
        return lines.some(isReady);
      },
      () => `${this.#program} to start:\n${this.log.slice(from).join('\n')}`,
      startMillis,
    );
  }

  /** Sends the process a signal, if it runs. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the process; one that does not heed the signal is killed. */
  async halt(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // One that is frozen heeds it only then.
    child.kill('SIGCONT');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#endMillis);
    await exited;
    clearTimeout(timer);
  }

  /** Waits until a line matches, among those logged from `from` on. */
  waitForLog(pattern: RegExp, from = 0): Promise<string> {
    return waitFor(
      () => this.log.slice(from).find((line) => pattern.test(line)),
      () => `${this.#program} to log ${pattern}; last lines:\n${this.log.slice(-20).join('\n')}`,
    );
  }

  #collect(child: ChildProcess): void {
    let rest = '';
    child[this.#stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines);
    });
    child[this.#stream === 'stdout' ? 'stderr' : 'stdout']?.resume();
  }
}
