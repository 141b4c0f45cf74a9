/**
 * The requests of one session that have no outcome yet, with one timer for all their time limits: a timer for each would
 * cost more than all the rest of what a waiting request holds.
 */

export interface OpenRequest {
  /** By when it has to have its outcome, on the clock of `performance.now()`; infinite for no limit. */
  readonly deadline: number;
  /** Its time is up. */
  expire(): void;
}

/** How far apart two looks at the limits are at least; a request may take so much longer than its limit. */
const STEP_MILLIS = 5;

export class OpenRequests<Request extends OpenRequest> implements Iterable<Request> {
  readonly #requests = new Set<Request>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off. */
  #next = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#requests.size;
  }

  [Symbol.iterator](): Iterator<Request> {
    return this.#requests.values();
  }

  add(request: Request): void {
    this.#requests.add(request);
    if (request.deadline < this.#next) this.#plan(request.deadline);
  }

  delete(request: Request): void {
    this.#requests.delete(request);
  }

  #plan(at: number): void {
    clearTimeout(this.#timer);
    this.#next = at;
    this.#timer = setTimeout(() => this.#look(), Math.max(STEP_MILLIS, at - performance.now()));
    this.#timer.unref();
  }

  #look(): void {
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    this.#next = next;
    for (const request of this.#requests) {
      // A timer may go off a little early.
      if (request.deadline <= now + 1) request.expire();
      else next = Math.min(next, request.deadline);
    }
    if (next < this.#next) this.#plan(next);
  }
}
