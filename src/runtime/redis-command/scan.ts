/** One scan under way: page after page, of every server that has a part of it, until the end or until it is cancelled. */
import { PoolError } from '../../core/errors';
import type { Route } from './cluster-routes';
import type { ScanPage } from './scan-pages';
import type { ScanSequence } from './scan-sequence';

export type PageCallback = (error: PoolError | undefined, page?: ScanPage) => void;

export interface ScanParts {
  readonly sequence: ScanSequence;
  /** Asks where to scan; calls back once. */
  routes(callback: (error: PoolError | undefined, routes?: readonly Route[]) => void): void;
  /** Asks for a page; calls back once. */
  turn(route: Route, cursor: string, callback: PageCallback): void;
  /** Called once, at the end. */
  ended(error?: PoolError): void;
}

export class Scan {
  readonly #parts: ScanParts;
  /** Those that are still to be scanned, the present one first. */
  #routes: readonly Route[] = [];
  #over = false;

  constructor(parts: ScanParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.routes((error, routes = []) => {
      if (this.#over) return;
      this.#routes = routes;
      if (error) this.#end(undefined, error);
      else this.#turn('0');
    });
  }

  /** Ends at once; what was read before is sent, unless the node is closing. */
  cancel(closing: boolean): void {
    this.#end(closing ? undefined : () => this.#parts.sequence.end());
  }

  #turn(cursor: string): void {
    this.#parts.turn(this.#routes[0], cursor, (error, page) => {
      if (this.#over) return;
      if (error) return this.#end(() => this.#parts.sequence.breakOff(), error);
      if (page) this.#take(page);
    });
  }

  #take({ cursor, items }: ScanPage): void {
    try {
      this.#parts.sequence.add(items);
    } catch (thrown) {
      return this.#end(undefined, PoolError.from(thrown));
    }
    if (cursor === '0') this.#routes = this.#routes.slice(1);
    if (this.#routes.length === 0) return this.#end(() => this.#parts.sequence.end());
    // The flow gets its turn before the next page, so that a large database does not fill the memory.
    setImmediate(() => {
      if (!this.#over) this.#turn(cursor);
    });
  }

  #end(last: (() => void) | undefined, error?: PoolError): void {
    if (this.#over) return;
    this.#over = true;
    let problem = error;
    try {
      last?.();
    } catch (thrown) {
      problem ??= PoolError.from(thrown);
    }
    this.#parts.ended(problem);
  }
}
