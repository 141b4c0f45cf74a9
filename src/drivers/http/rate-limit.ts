/** A token bucket: at most so many requests at once, and as many again in each interval. */
import type { RateLimit } from './profile';

export class RateLimiter {
  readonly #capacity: number;
  readonly #perMillis: number;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor({ requests, perMillis = 1_000 }: RateLimit, now: number) {
    this.#capacity = requests;
    this.#perMillis = perMillis;
    this.#tokens = requests;
    this.#filledAt = now;
  }

  /** How long until the next request may go, in milliseconds. */
  delay(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : ((1 - this.#tokens) * this.#perMillis) / this.#capacity;
  }

  take(now: number): void {
    this.#fill(now);
    this.#tokens -= 1;
  }

  #fill(now: number): void {
    if (now <= this.#filledAt) return;
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#filledAt) * this.#capacity) / this.#perMillis);
    this.#filledAt = now;
  }
}
