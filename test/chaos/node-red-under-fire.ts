/** The driver's end of the Node-RED process: starts it, kills it, starts it again, and passes on what it tells. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowNode, makeUserDir } from '../../bench/processes/embedded-node-red';
import { packageRoot } from '../support/package-root';
import { within } from '../support/waiting';
import type { Answer, Leftovers, Request } from './node-red-child';
import type { Report } from './numbered-nodes';

/** A start or a deploy takes a while on a loaded machine. */
const PATIENCE_MILLIS = 90_000;

export class NodeRedUnderFire {
  readonly #onReport: (report: Report) => void;
  readonly #userDir = makeUserDir([packageRoot]);
  #child: ChildProcess | undefined;
  #generation = 0;
  #answered: ((answer: Answer) => void) | undefined;
  #output = '';

  constructor(onReport: (report: Report) => void) {
    this.#onReport = onReport;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The last lines of its log. */
  get output(): string {
    return this.#output.slice(-4000);
  }

  async start(): Promise<void> {
    this.#generation += 1;
    const child = fork(join(__dirname, 'node-red-child.js'), [], {
      execArgv: ['--expose-gc', '--enable-source-maps'],
      env: {
        ...process.env,
        CHAOS_USER_DIR: this.#userDir,
        CHAOS_GENERATION: String(this.#generation),
      },
      silent: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
    }
    child.on('message', (message: Report | Answer) => {
      if ('what' in message) this.#onReport(message);
      else this.#answered?.(message);
    });
    child.on('exit', (code, signal) => {
      if (this.#child === child) this.#answered?.({ error: `Node-RED ended by itself: ${code ?? signal}` });
    });
    await this.#answer();
  }

  async deploy(nodes: readonly FlowNode[], type: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    await this.#ask({ ask: 'deploy', nodes, type });
  }

  async feed(wanted: boolean): Promise<void> {
    await this.#ask({ ask: 'feed', wanted });
  }

  async leftovers(): Promise<Leftovers> {
    return (await this.#ask({ ask: 'leftovers' })) as Leftovers;
  }

  /** Without a word of warning. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    // Not `exit`: what it has told already is still on its way.
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#userDir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #ask(request: Request): Promise<unknown> {
    this.#child?.send(request);
    return this.#answer();
  }

  async #answer(): Promise<unknown> {
    const answer = await within(
      new Promise<Answer>((resolve) => {
        this.#answered = resolve;
      }),
      'an answer of Node-RED',
      PATIENCE_MILLIS,
    );
    if ('error' in answer) throw new Error(`${answer.error}\n${this.output}`);
    return answer.answer;
  }
}
