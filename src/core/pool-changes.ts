/** Telling whoever watches the pool of every change: listeners in this process, and tracing tools. */
import type { ConnectionState } from './connection-state';
import type { DriverSession } from './driver';
import { PoolError } from './errors';
import type { Borrower } from './lease';
import type { PooledConnection } from './pooled-connection';
import { stateSnapshot } from './snapshot';
import { ConnectionTracing } from './tracing';
import { t } from './wording';

/** One change of one connection. */
export interface PoolChange {
  /** What changed: its state, or who holds it. */
  readonly change: 'state' | 'acquired' | 'released';
  readonly key: string;
  readonly type: string;
  /** Where it connects to, without secrets. */
  readonly address: string;
  readonly dedicated: boolean;
  /** As it is after the change. */
  readonly state: ConnectionState;
  /** Who holds it, at the time of asking. */
  readonly borrowers: readonly Borrower[];
  /** Who acquired or released. */
  readonly borrower?: Borrower;
}

export type ChangeListener = (change: PoolChange) => void;

/** What one connection tells of itself. */
export interface ConnectionChanges {
  readonly tracing: ConnectionTracing;
  state(state: ConnectionState): void;
  lease(change: 'acquired' | 'released', borrower: Borrower): void;
}

export class PoolChanges {
  readonly #listeners = new Set<ChangeListener>();
  readonly #warn: (error: PoolError, address: string) => void;

  /** @param warn told of a listener that throws */
  constructor(warn: (error: PoolError, address: string) => void) {
    this.#warn = warn;
  }

  add(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  of(connection: PooledConnection<DriverSession>): ConnectionChanges {
    const { key, address, settings } = connection;
    const tracing = new ConnectionTracing({ key, type: settings.type, address });
    return {
      tracing,
      state: (state) => {
        tracing.state(() => ({ state: stateSnapshot(state), references: connection.leaseCount }));
        this.#tell(connection, state, 'state');
      },
      lease: (change, borrower) => {
        tracing.lease(change, borrower, connection.leaseCount);
        this.#tell(connection, connection.state, change, borrower);
      },
    };
  }

  #tell(
    connection: PooledConnection<DriverSession>,
    state: ConnectionState,
    change: PoolChange['change'],
    borrower?: Borrower,
  ): void {
    if (this.#listeners.size === 0) return;
    const { key, address, settings } = connection;
    const { type, dedicated } = settings;
    const told: PoolChange = {
      ...{ change, key, type, address, dedicated, state },
      ...(borrower ? { borrower } : {}),
      // Thousands of nodes come at once with a deploy, and few who watch care for all of them each time.
      get borrowers() {
        return connection.borrowers;
      },
    };
    for (const listener of [...this.#listeners]) {
      try {
        listener(told);
      } catch (thrown) {
        const text = t`A listener to changes of the connection pool failed.`;
        this.#warn(new PoolError('DRIVER_FAILED', text, { cause: thrown }), address);
      }
    }
  }
}
