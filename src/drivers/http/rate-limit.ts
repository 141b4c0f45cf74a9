/** At most so many requests within any interval of a length: each waits until the one so many before it is long enough ago. */
import type { RateLimit } from './profile';

export class RateLimiter {
  readonly #requests: number;
  readonly #perMillis: number;
  /** When requests went, those of the last interval from `#head` on. */
  #went: number[] = [];
  #head = 0;

  constructor({ requests, perMillis = 1_000 }: RateLimit) {
    this.#requests = requests;
    this.#perMillis = perMillis;
  }

  /**
   * How long until the next request may go, in milliseconds.
   *
   * @param now milliseconds of a clock that never goes back
   */
  delay(now: number): number {
    this.#forget(now);
    const before = this.#went[this.#went.length - this.#requests];
    return before === undefined ? 0 : Math.max(0, before + this.#perMillis - now);
  }

  take(now: number): void {
    this.#forget(now);
    this.#went.push(now);
  }

  #forget(now: number): void {
    while ((this.#went[this.#head] ?? now) + this.#perMillis <= now) this.#head += 1;
    if (this.#head <= 1_024 || this.#head * 2 <= this.#went.length) return;
    this.#went = this.#went.slice(this.#head);
    this.#head = 0;
  }
}
