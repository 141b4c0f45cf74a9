/** What has arrived of numbers that were sent from 0 on: which, how often, in which order, and with how long a silence. */

export interface ArrivalFigures {
  readonly different: number;
  readonly doubled: number;
  /** Arrived after a greater one. */
  readonly disordered: number;
  readonly longestSilenceMillis: number;
}

export class Arrivals {
  readonly #seen = new Set<number>();
  #doubled = 0;
  #disordered = 0;
  #last = -1;
  #lastAt = 0;
  #longestSilenceMillis = 0;
  #silenceMillis = 0;

  /** When the last one came, by `performance.now()`; 0 if none has. */
  get lastAt(): number {
    return this.#lastAt;
  }

  get figures(): ArrivalFigures {
    return {
      different: this.#seen.size,
      doubled: this.#doubled,
      disordered: this.#disordered,
      longestSilenceMillis: this.#longestSilenceMillis,
    };
  }

  /** Each once, in the order in which they came. */
  get numbers(): readonly number[] {
    return [...this.#seen];
  }

  /** The longest silence since the last call, up to now. */
  takeSilence(): number {
    const sinceLast = this.#lastAt > 0 ? performance.now() - this.#lastAt : 0;
    const taken = Math.max(this.#silenceMillis, sinceLast);
    this.#silenceMillis = 0;
    return taken;
  }

  add(number: number): void {
    const now = performance.now();
    if (this.#lastAt > 0) {
      this.#longestSilenceMillis = Math.max(this.#longestSilenceMillis, now - this.#lastAt);
      this.#silenceMillis = Math.max(this.#silenceMillis, now - this.#lastAt);
    }
    this.#lastAt = now;
    if (this.#seen.has(number)) this.#doubled += 1;
    else if (number < this.#last) this.#disordered += 1;
    this.#seen.add(number);
    this.#last = Math.max(this.#last, number);
  }
}
