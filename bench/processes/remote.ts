/** Calls between the benchmark and its child processes: a child serves methods, the parent awaits their results. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

type Methods<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? T[K] : never };
/** The same methods, each settling when the child has answered. */
export type Remotely<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: unknown[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

const ANSWER_MILLIS = 90_000;
const EXIT_MILLIS = 5000;
const SILENT = ['ignore', 'ignore', 'ignore', 'ipc'] as const;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** In a child: answers the calls of the parent, and ends when the parent has gone. */
export function serve<T extends Methods<T>>(methods: T): void {
  const table = methods as unknown as Record<string, (...args: unknown[]) => unknown>;
  const answer = async ({ id, method, args }: Call): Promise<Answer> => {
    try {
      return { id, result: await table[method]?.(...args) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (call: Call) => void answer(call).then((reply) => process.send?.(reply)));
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches the whole group; the parent ends its children.
  process.on('SIGINT', () => undefined);
}

/** In the parent: a child process and the methods it serves. */
export class Remote<T extends Methods<T>> {
  readonly call: Remotely<T>;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #ended = false;

  /**
   * @param script compiled entry of the child
   * @param silent keep what it prints to itself
   */
  constructor(name: string, script: string, { silent = false }: { readonly silent?: boolean } = {}) {
    this.#name = name;
    const child = fork(script, [], {
      execArgv: ['--expose-gc'],
      serialization: 'json',
      ...(silent && { stdio: [...SILENT] }),
    });
    this.#child = child;
    running.add(child);
    child.on('message', (reply: Answer) => this.#answered(reply));
    child.once('error', (error) => this.#failAll(error));
    child.once('exit', (code, signal) => {
      running.delete(child);
      this.#ended = true;
      this.#failAll(new Error(`${name} ended (${signal ?? code})`));
    });
    this.call = new Proxy({} as Remotely<T>, {
      get:
        (_target, method) =>
        (...args: unknown[]) =>
          this.#ask(String(method), args),
    });
  }

  /** Whether the process has gone, of its own accord or because it was stopped. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Ends the process, by force if it doesn't of its own accord. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), EXIT_MILLIS);
    await exited;
    clearTimeout(timer);
  }

  #ask(method: string, args: unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(new Error(`${this.#name} has ended`));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(reject)(new Error(`${this.#name}: no answer to ${method}`)), ANSWER_MILLIS);
      const settle =
        <V>(how: (value: V) => void) =>
        (value: V): void => {
          clearTimeout(timer);
          this.#open.delete(id);
          how(value);
        };
      this.#open.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#child.send({ id, method, args });
    });
  }

  #answered({ id, result, error }: Answer): void {
    const call = this.#open.get(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`${this.#name}: ${error}`));
  }

  #failAll(error: Error): void {
    for (const call of [...this.#open.values()]) call.reject(error);
  }
}
