/** The lease as the pool hands it out: a thin guard between one borrower and the shared connection. */
import type { ConnectionState } from './connection-state';
import { DEFAULT_QUEUE, type DriverSession } from './driver';
import { PoolError } from './errors';
import type { Borrower, HandOverOptions, Lease, ReleaseOptions, StateListener } from './lease';
import type { PooledConnection } from './pooled-connection';
import { t } from './wording';

export class PoolLease<Session extends DriverSession> implements Lease<Session> {
  readonly #connection: PooledConnection<Session>;
  readonly #session: Session;
  readonly #listeners = new Set<StateListener>();
  #borrower: Borrower;
  #lingerMillis: number;
  #released = false;

  constructor(connection: PooledConnection<Session>, session: Session, borrower: Borrower, lingerMillis: number) {
    this.#connection = connection;
    this.#session = session;
    this.#borrower = borrower;
    this.#lingerMillis = lingerMillis;
  }

  get borrower(): Borrower {
    return this.#borrower;
  }

  /** How long the connection stays open if this is the last lease to go. */
  get lingerMillis(): number {
    return this.#lingerMillis;
  }

  get identity(): string | undefined {
    return this.#connection.settings.identity;
  }

  get rivalry(): string | undefined {
    return this.#connection.settings.rivalry;
  }

  get key(): string {
    return this.#connection.key;
  }

  get address(): string {
    return this.#connection.address;
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get released(): boolean {
    return this.#released;
  }

  get session(): Session {
    this.#assertHeld();
    return this.#session;
  }

  countDropped(count: number): void {
    this.#connection.counters.dropped += count;
  }

  onState(listener: StateListener): () => void {
    this.#assertHeld();
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Passes a change of state on; for the connection only. A listener that throws concerns nobody else. */
  tell(state: ConnectionState, failed: (error: PoolError) => void): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(state);
      } catch (thrown) {
        failed(
          new PoolError('DRIVER_FAILED', t`A state listener of ${describeBorrower(this.borrower)} failed.`, {
            cause: thrown,
          }),
        );
      }
    }
  }

  async connect(): Promise<void> {
    this.#assertHeld();
    await this.#connection.connect();
  }

  async disconnect(): Promise<void> {
    this.#assertHeld();
    await this.#connection.disconnect();
  }

  handTo(borrower: Borrower, { lingerMillis, queue }: HandOverOptions = {}): void {
    this.#assertHeld();
    const former = this.#borrower;
    this.#borrower = borrower;
    this.#lingerMillis = lingerMillis ?? this.#lingerMillis;
    if (queue) this.#session.limit?.({ ...DEFAULT_QUEUE, ...queue });
    this.#connection.handedTo(borrower, former);
  }

  async release(options: ReleaseOptions = {}): Promise<void> {
    if (this.#released) {
      throw new PoolError(
        'LEASE_RELEASED_TWICE',
        t`${describeBorrower(this.borrower)} released its lease on ${this.address} twice; release it once.`,
      );
    }
    this.#released = true;
    this.#listeners.clear();
    await this.#connection.release(this, this.#session, options.linger ?? true);
  }

  #assertHeld(): void {
    if (!this.#released) return;
    throw new PoolError(
      'LEASE_RELEASED',
      t`${describeBorrower(this.borrower)} used its lease on ${this.address} after releasing it; acquire a new one.`,
    );
  }
}

/** How a borrower is called in an error text. */
export function describeBorrower(borrower: Borrower): string {
  return borrower.name ? `${borrower.type} "${borrower.name}" (${borrower.id})` : `${borrower.type} ${borrower.id}`;
}
