/** Names that failed, each to be tried again after its time. */
import type { SharedName } from './shared-name';

export class Retries {
  readonly #tryAgain: (shared: SharedName) => void;
  readonly #timers = new Map<SharedName, NodeJS.Timeout>();

  constructor(tryAgain: (shared: SharedName) => void) {
    this.#tryAgain = tryAgain;
  }

  add(shared: SharedName, millis: number): void {
    clearTimeout(this.#timers.get(shared));
    const timer = setTimeout(() => {
      this.#timers.delete(shared);
      this.#tryAgain(shared);
    }, millis);
    timer.unref();
    this.#timers.set(shared, timer);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
