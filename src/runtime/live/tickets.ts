/**
 * Tickets for the live feed. The editor's web socket tells nothing of what its user may do beyond `status.read`, so the
 * permission is checked where a ticket is asked for, over HTTP.
 */
import { randomBytes } from 'node:crypto';

/** How long a ticket may be kept before it is used. */
export const TICKET_MILLIS = 60_000;

/** Tickets that are asked for and never used must not fill memory. */
const MOST_TICKETS = 1000;

export class Tickets {
  /** When each was issued, by `performance.now()`, oldest first. */
  readonly #issued = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  issue(): string {
    this.#forgetOld();
    const ticket = randomBytes(24).toString('base64url');
    this.#issued.set(ticket, this.#now());
    return ticket;
  }

  /** Takes a ticket back; false if it is unknown, used or too old. */
  redeem(ticket: string): boolean {
    this.#forgetOld();
    return this.#issued.delete(ticket);
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [ticket, at] of this.#issued) {
      if (now - at <= TICKET_MILLIS && this.#issued.size < MOST_TICKETS) return;
      this.#issued.delete(ticket);
    }
  }
}
