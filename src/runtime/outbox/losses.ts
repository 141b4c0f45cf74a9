/** Tells what an outbox lost, and its troubles: at once what concerns it all, gathered what concerns single messages. */
import type { PoolError } from '../../core/errors';
import type { Entry } from './entry';
import type { SetAside } from './open-store';

/** How often dropped messages are told, at most. */
const INTERVAL_MILLIS = 1_000;

export interface OutboxCounters {
  added: number;
  delivered: number;
  /** Given up for want of room or for age. */
  dropped: number;
  /** Refused by the other side, so that trying again is useless. */
  failed: number;
}

export interface OutboxReports {
  /**
   * Messages of a sink were given up for want of room or for age since it was told last.
   *
   * @param sink see `sinkMark`
   * @param error why the latest of those for which nobody waits any more; undefined if their waiters know
   */
  dropped(sink: number, count: number, error: PoolError | undefined, silent: number): void;
  /** A message was refused for good, and nobody waits for it any more. */
  failed(entry: Entry<unknown>, error: PoolError): void;
  /** @param lost how many entries were only there; undefined if that is not known */
  setAside(aside: SetAside, lost: number | undefined): void;
  /** Why entries are in memory only for now; undefined when they are safe again. */
  troubled(error: PoolError | undefined): void;
}

interface Dropped {
  count: number;
  /** Those nobody was told of. */
  silent: number;
  error: PoolError | undefined;
}

export class Losses {
  readonly #reports: OutboxReports;
  readonly #dropped = new Map<number, Dropped>();
  #timer: NodeJS.Timeout | undefined;

  constructor(reports: OutboxReports) {
    this.#reports = reports;
  }

  /** @param error unless the message's waiter was told */
  dropped(sink: number, error?: PoolError): void {
    const dropped = this.#dropped.get(sink) ?? { count: 0, silent: 0, error: undefined };
    dropped.count += 1;
    if (error) {
      dropped.silent += 1;
      dropped.error = error;
    }
    this.#dropped.set(sink, dropped);
    this.#timer ??= setTimeout(() => this.#tell(), INTERVAL_MILLIS).unref();
  }

  failed(entry: Entry<unknown>, error: PoolError): void {
    this.#reports.failed(entry, error);
  }

  setAside(aside: SetAside, lost: number | undefined): void {
    this.#reports.setAside(aside, lost);
  }

  trouble(error: PoolError | undefined): void {
    this.#reports.troubled(error);
  }

  close(): void {
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = [...this.#dropped];
    this.#dropped.clear();
    for (const [sink, { count, silent, error }] of all) this.#reports.dropped(sink, count, error, silent);
  }
}
