/**
 * How long messages take from sending to being settled, as a histogram with fixed bounds. Cheap enough for every
 * message: the clock is read once per turn of the event loop, and an observation is a few comparisons.
 */

/** Upper bounds of the buckets, in milliseconds; what takes longer is in a last bucket without a bound. */
export const LATENCY_BOUNDS_MILLIS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** A histogram as plain JSON. */
export interface LatencySnapshot {
  /** Observations per bucket, not cumulative; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly boundsMillis: readonly number[];
  readonly count: number;
  readonly sumMillis: number;
}

export class LatencyHistogram {
  readonly #counts: number[] = [0, ...LATENCY_BOUNDS_MILLIS.map(() => 0)];
  #count = 0;
  #sumMillis = 0;

  /** Counts one message, or `times` messages that took equally long; what isn't a time is passed over. */
  observe(millis: number, times = 1): void {
    if (!(millis >= 0) || millis === Number.POSITIVE_INFINITY) return;
    let bucket = 0;
    while (bucket < LATENCY_BOUNDS_MILLIS.length && millis > (LATENCY_BOUNDS_MILLIS[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#count += times;
    this.#sumMillis += millis * times;
  }

  snapshot(): LatencySnapshot {
    return {
      counts: [...this.#counts],
      boundsMillis: LATENCY_BOUNDS_MILLIS,
      count: this.#count,
      sumMillis: this.#sumMillis,
    };
  }
}

let thisTurn = 0;
const forget = () => {
  thisTurn = 0;
};

/** `performance.now()`, read once for everything that happens in one turn of the event loop. Never 0. */
export function turnMillis(): number {
  if (thisTurn === 0) {
    thisTurn = performance.now();
    process.nextTick(forget);
  }
  return thisTurn;
}
