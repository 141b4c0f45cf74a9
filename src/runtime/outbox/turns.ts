/**
 * Whose turn it is: entries that waited while there was no connection (the backlog), or those that came since, in the order
 * that the profile says. Within each of both it is always the oldest.
 */
import type { OutboxSettings } from './settings';

/** Where the next entry is to be found. */
export interface Turn {
  readonly number: number;
  readonly late: boolean;
}

export class Turns {
  readonly #next: (from: number) => number | undefined;
  /** The last entry of the backlog. */
  #boundary = 0;
  /** All entries before these are out or gone. */
  #lateFrom = 0;
  #liveFrom = 1;
  #lastWasLate = false;

  /** @param next the first stored entry from this number on */
  constructor(next: (from: number) => number | undefined) {
    this.#next = next;
  }

  /** The connection is there (again), or entries have other numbers: all up to `last` are backlog. */
  begin(last: number): void {
    this.#boundary = last;
    this.#lateFrom = 0;
    this.#liveFrom = last + 1;
  }

  /** The entry is stored again. */
  back(number: number): void {
    if (number <= this.#boundary) this.#lateFrom = Math.min(this.#lateFrom, number);
    else this.#liveFrom = Math.min(this.#liveFrom, number);
  }

  /** The entries that may go next, the best first: at most one of the backlog and one that is live. */
  candidates(priority: OutboxSettings['resendPriority']): Turn[] {
    const late = this.late();
    const live = this.#live();
    if (!late || !live) return [late ?? live].filter((turn) => turn !== undefined);
    const lateFirst = priority === 'before' || (priority === 'with' && !this.#lastWasLate);
    return lateFirst ? [late, live] : [live, late];
  }

  /** The next one after `turn` of the same kind. */
  after({ number, late }: Turn): Turn | undefined {
    const next = this.#next(number + 1);
    return next === undefined || (late && next > this.#boundary) ? undefined : { number: next, late };
  }

  /** The entry is out. */
  taken({ number, late }: Turn): void {
    this.#lastWasLate = late;
    if (late && number === this.#lateFrom) this.#lateFrom = number + 1;
    else if (!late && number === this.#liveFrom) this.#liveFrom = number + 1;
  }

  /** The next of the backlog. */
  late(): Turn | undefined {
    if (this.#lateFrom > this.#boundary) return undefined;
    const number = this.#next(this.#lateFrom);
    this.#lateFrom = number ?? this.#boundary + 1;
    return number === undefined || number > this.#boundary ? undefined : { number, late: true };
  }

  #live(): Turn | undefined {
    const number = this.#next(this.#liveFrom);
    if (number === undefined) return undefined;
    this.#liveFrom = number;
    return { number, late: false };
  }
}
