/** How busy connections are: a small history that is always kept, and rates while somebody watches. */
import type { Counters } from '../../core/counters';
import type { ConnectionGlance } from '../../core/snapshot';
import type { LiveRates } from './live-message';

/** How often a sample goes into the history, and how many it has: five minutes. */
export const SAMPLE_MILLIS = 5000;
const SAMPLES = 60;

/** A rate over less than this would jump about. */
const LEAST_MILLIS = 500;

const NAMES = ['messagesIn', 'messagesOut', 'bytesIn', 'bytesOut'] as const;
const NOTHING: LiveRates = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 };

/** The counters at one time. */
interface Mark extends LiveRates {
  readonly at: number;
}

/** Of one connection. */
export class Traffic {
  /** Whose counters: a connection that is closed and made anew has new ones. */
  readonly counters: Counters;
  /** Messages a second, in and out together, oldest first; replaced with each sample. */
  history: readonly number[] = [];
  /** Samples that changed what the history looks like. */
  samples = 0;
  rates: LiveRates = NOTHING;
  #sampled: Mark;
  #measured: Mark;

  /** @param now milliseconds of a clock that never goes back */
  constructor(counters: Counters, now: number) {
    this.counters = counters;
    this.#sampled = this.#measured = markOf(counters, now);
  }

  /** Adds a sample, every `SAMPLE_MILLIS`. */
  sample(now: number): void {
    const mark = markOf(this.counters, now);
    const rates = ratesBetween(this.#sampled, mark);
    this.#sampled = mark;
    const busy = rates.messagesIn + rates.messagesOut;
    const before = this.history;
    this.history = [...before.slice(1 - SAMPLES), round(busy)];
    // A line of zeros looks the same when it gets longer.
    if (busy > 0 || before.some((value) => value > 0)) this.samples += 1;
    // Nobody watches, it seems: who comes sees these first.
    if (now - this.#measured.at < SAMPLE_MILLIS - LEAST_MILLIS) return;
    this.rates = rates;
    this.#measured = mark;
  }

  /** Brings the rates up to date. */
  measure(now: number): void {
    if (now - this.#measured.at < LEAST_MILLIS) return;
    const mark = markOf(this.counters, now);
    this.rates = ratesBetween(this.#measured, mark);
    this.#measured = mark;
  }
}

/** Of all connections of a pool, by key. */
export class TrafficBook {
  readonly #traffic = new Map<string, Traffic>();

  of({ key, counters }: Pick<ConnectionGlance, 'key' | 'counters'>, now: number): Traffic {
    const known = this.#traffic.get(key);
    if (known?.counters === counters) return known;
    const traffic = new Traffic(counters, now);
    this.#traffic.set(key, traffic);
    return traffic;
  }

  sample(connections: Iterable<Pick<ConnectionGlance, 'key' | 'counters'>>, now: number): void {
    const present = new Set<string>();
    for (const connection of connections) {
      present.add(connection.key);
      this.of(connection, now).sample(now);
    }
    for (const key of this.#traffic.keys()) if (!present.has(key)) this.#traffic.delete(key);
  }
}

function markOf({ messagesIn, messagesOut, bytesIn, bytesOut }: Counters, at: number): Mark {
  return { at, messagesIn, messagesOut, bytesIn, bytesOut };
}

function ratesBetween(from: Mark, to: Mark): LiveRates {
  const seconds = (to.at - from.at) / 1000;
  if (seconds <= 0 || NAMES.every((name) => from[name] === to[name])) return NOTHING;
  const rate = (name: (typeof NAMES)[number]) => round((to[name] - from[name]) / seconds);
  return {
    messagesIn: rate('messagesIn'),
    messagesOut: rate('messagesOut'),
    bytesIn: rate('bytesIn'),
    bytesOut: rate('bytesOut'),
  };
}

/** To three significant digits: more nobody sees, and what doesn't change isn't sent. */
function round(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(3));
}
