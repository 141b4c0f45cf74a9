/** Notices when a source has as much unacknowledged as it may and the flow finishes nothing of it for a while. */

const INTERVAL_MILLIS = 2000;

export class StallWatch {
  readonly #limit: number;
  readonly #unacknowledged: () => number;
  readonly #changed: () => void;
  readonly #timer: NodeJS.Timeout;
  #handedOut = false;
  #stalled = false;

  /**
   * @param limit of what may be unacknowledged
   * @param unacknowledged how much is now
   * @param changed called when it stalls, and when it goes on
   */
  constructor(limit: number, unacknowledged: () => number, changed: () => void) {
    this.#limit = limit;
    this.#unacknowledged = unacknowledged;
    this.#changed = changed;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MILLIS).unref();
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Something was handed out. */
  note(): void {
    this.#handedOut = true;
    if (this.#stalled) this.#set(false);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#set(!this.#handedOut && this.#unacknowledged() >= this.#limit);
    this.#handedOut = false;
  }

  #set(stalled: boolean): void {
    if (this.#stalled === stalled) return;
    this.#stalled = stalled;
    this.#changed();
  }
}
