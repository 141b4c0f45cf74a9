/** The steps of a test of settings with their times: which ones were reached, and which one it failed at. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TestWatch } from './driver';

/** The address found by name, the server reached, TLS agreed on, the login taken, a question answered. */
export type TestStepName = 'resolve' | 'reach' | 'secure' | 'login' | 'answer';

export interface TestStep {
  readonly step: TestStepName;
  /** How long this step took, with one decimal. */
  readonly millis: number;
}

/** Of several sockets that are opened in turn, the last one counts; those after the connection is made don't. */
export class TestSteps implements TestWatch {
  #done: TestStep[] = [];
  #current: TestStepName | undefined;
  #socket: Socket | undefined;
  #last = performance.now();
  #isConnected = false;

  get done(): readonly TestStep[] {
    return this.#done;
  }

  /** The step that is under way, at which a failure happened; undefined before the first socket and after the last step. */
  get current(): TestStepName | undefined {
    return this.#current;
  }

  opening(socket: Socket, next: 'login' | 'answer'): void {
    if (this.#isConnected || socket === this.#socket) return;
    this.#socket = socket;
    this.#done = [];
    this.#last = performance.now();
    this.#current = 'reach';
    const secure = socket instanceof TLSSocket;
    const step = (name: TestStepName, then: TestStepName) => {
      if (!this.#isConnected && socket === this.#socket) this.#reached(name, then);
    };
    socket.once('lookup', (error: Error | null) => {
      if (error) this.#current = 'resolve';
      else step('resolve', 'reach');
    });
    const reached = () => step('reach', secure ? 'secure' : next);
    if (socket.connecting) socket.once('connect', reached);
    else reached();
    if (secure) socket.once('secureConnect', () => step('secure', next));
  }

  /** The driver says that it is connected. */
  connected(): void {
    // Without a socket that was told of, this is the first thing known.
    if (this.#current !== 'answer') this.#reached('login', 'answer');
    this.#isConnected = true;
  }

  answered(): void {
    if (this.#current === 'answer') this.#reached('answer', undefined);
  }

  #reached(step: TestStepName, then: TestStepName | undefined): void {
    const now = performance.now();
    this.#done.push({ step, millis: Math.round((now - this.#last) * 10) / 10 });
    this.#last = now;
    this.#current = then;
  }
}
