/**
 * One physical connection of the pool: counts its leases, runs the state machine and decides when to reconnect. What a
 * connection really is, only the driver knows.
 */
import { type BackoffOptions, backoffDelay } from './backoff';
import type { ConnectionState } from './connection-state';
import { type Counters, newCounters } from './counters';
import type { DriverConnection, DriverSession, QueueLimits } from './driver';
import { PoolError } from './errors';
import type { Borrower } from './lease';
import { PoolLease } from './pool-lease';

export interface PooledConnectionSettings {
  readonly key: string;
  readonly type: string;
  readonly address: string;
  readonly identity: string | undefined;
  readonly dedicated: boolean;
  readonly connectTimeoutMillis: number;
  readonly backoff: BackoffOptions;
  readonly random: () => number;
  /** Settles when no other connection of the same identity is open any more. */
  readonly whenIdentityFree: () => Promise<void>;
  readonly warn: (error: PoolError) => void;
  /** Called once, when the connection begins to close: the pool forgets the key. */
  readonly onClosing: (closed: Promise<void>) => void;
}

export class PooledConnection<Session extends DriverSession> {
  readonly settings: PooledConnectionSettings;
  readonly counters: Counters = newCounters();
  readonly #leases = new Set<PoolLease<Session>>();
  #driver!: DriverConnection<Session>;
  #state: ConnectionState = { kind: 'idle', since: Date.now() };
  #attempt = 0;
  #abort: AbortController | undefined;
  #attemptUnderWay: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(settings: PooledConnectionSettings) {
    this.settings = settings;
  }

  /** Set once, right after construction: the driver needs the connection's context to be made. */
  attachDriver(driver: DriverConnection<Session>): void {
    this.#driver = driver;
  }

  get key(): string {
    return this.settings.key;
  }

  get address(): string {
    return this.settings.address;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get borrowers(): readonly Borrower[] {
    return [...this.#leases].map((lease) => lease.borrower);
  }

  get leaseCount(): number {
    return this.#leases.size;
  }

  get details(): Record<string, unknown> {
    return this.#driver.details?.() ?? {};
  }

  lease(borrower: Borrower, lingerMillis: number, queue: QueueLimits): PoolLease<Session> {
    const session = this.#driver.session({ queue });
    const lease = new PoolLease(this, session, borrower, lingerMillis);
    if (this.#lingerTimer) {
      clearTimeout(this.#lingerTimer);
      this.#lingerTimer = undefined;
      this.#driver.linger?.(false);
    }
    this.#leases.add(lease);
    return lease;
  }

  async release(lease: PoolLease<Session>, session: Session, linger: boolean): Promise<void> {
    this.#leases.delete(lease);
    try {
      session.close();
    } catch (thrown) {
      this.settings.warn(PoolError.from(thrown));
    }
    if (this.#leases.size > 0) return;
    if (!linger || lease.lingerMillis <= 0) return this.close();
    this.#driver.linger?.(true);
    this.#lingerTimer = setTimeout(() => void this.close(), lease.lingerMillis);
    this.#lingerTimer.unref();
  }

  /** Starts connecting unless that is going on already; never waits and never throws. */
  start(): void {
    if (this.#closed || this.#state.kind === 'connected' || this.#attemptUnderWay) return;
    clearTimeout(this.#retryTimer);
    const attempt: Promise<void> = this.#tryOnce().finally(() => {
      if (this.#attemptUnderWay === attempt) this.#attemptUnderWay = undefined;
    });
    this.#attemptUnderWay = attempt;
    // The outcome is in the state; whoever wants to wait for it calls connect().
    attempt.catch(() => undefined);
  }

  /** Connects now and tells how it went. */
  async connect(): Promise<void> {
    if (this.#closed) throw this.#closedError();
    this.start();
    await this.#attemptUnderWay;
  }

  async disconnect(): Promise<void> {
    if (this.#closed) return this.#closed;
    const wasIdle = this.#state.kind === 'idle';
    this.#stopTrying();
    if (wasIdle) return;
    this.#enter({ kind: 'closing', since: Date.now() });
    this.#ending = this.#endDriver(false);
    await this.#ending;
    if (!this.#closed && this.#state.kind === 'closing') this.#enter({ kind: 'idle', since: Date.now() });
  }

  /** Closes for good. Leases that are still held see `closed`. */
  close(): Promise<void> {
    if (this.#closed) return this.#closed;
    clearTimeout(this.#lingerTimer);
    this.#stopTrying();
    this.#closed = this.#finish();
    this.settings.onClosing(this.#closed);
    return this.#closed;
  }

  /** The driver says that the established connection is gone. */
  lost(error: PoolError): void {
    if (this.#state.kind !== 'connected') return;
    this.counters.losses += 1;
    const lasted = Date.now() - this.#state.since;
    if (lasted >= this.settings.backoff.maximumMillis) this.#attempt = 0;
    this.#attempt += 1;
    this.#waitFor(error);
  }

  async #finish(): Promise<void> {
    this.#enter({ kind: 'closing', since: Date.now() });
    await this.#endDriver(true);
    this.#enter({ kind: 'closed', since: Date.now() });
  }

  async #endDriver(final: boolean): Promise<void> {
    try {
      await this.#driver.disconnect(final);
    } catch (thrown) {
      this.settings.warn(PoolError.from(thrown));
    }
  }

  #stopTrying(): void {
    clearTimeout(this.#retryTimer);
    this.#abort?.abort();
    this.#abort = undefined;
    this.#attemptUnderWay = undefined;
    this.#attempt = 0;
  }

  async #tryOnce(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const before = this.#state;
    const tried = before.kind === 'waiting' || before.kind === 'refused' ? before.attempt : 0;
    this.#enter({ kind: 'connecting', since: Date.now(), attempt: tried + 1 });
    try {
      await this.#ending;
      await this.settings.whenIdentityFree();
      if (!abort.signal.aborted) await this.#connectWithin(abort);
      if (abort.signal.aborted) throw this.#closedError();
      this.counters.connects += 1;
      this.#enter({ kind: 'connected', since: Date.now() });
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (this.#abort === abort) {
        this.#attempt += 1;
        this.#waitFor(error);
      }
      throw error;
    } finally {
      if (this.#abort === abort) this.#abort = undefined;
    }
  }

  async #connectWithin(abort: AbortController): Promise<void> {
    const millis = this.settings.connectTimeoutMillis;
    // A signal of its own for the driver: a timeout ends this attempt, not the trying.
    const attempt = new AbortController();
    let giveUp: (error: PoolError) => void = () => undefined;
    const gaveUp = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const onAbort = () => giveUp(this.#closedError());
    abort.signal.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(() => {
      const error = `${this.address} did not answer within ${millis / 1000} s; check address, port and network.`;
      giveUp(new PoolError('CONNECT_TIMEOUT', error));
    }, millis);
    timer.unref();
    try {
      await Promise.race([this.#driverConnect(attempt), gaveUp]);
    } catch (thrown) {
      attempt.abort();
      throw thrown;
    } finally {
      clearTimeout(timer);
      abort.signal.removeEventListener('abort', onAbort);
    }
  }

  async #driverConnect(attempt: AbortController): Promise<void> {
    await this.#driver.connect(attempt.signal);
    // A driver that answers after it was given up has made a connection nobody knows: end it.
    if (attempt.signal.aborted) await this.#endDriver(false);
  }

  #waitFor(error: PoolError): void {
    const { backoff, random } = this.settings;
    const delay = backoffDelay(error.kind, this.#attempt, random(), backoff);
    const now = Date.now();
    this.#retryTimer = setTimeout(() => this.start(), delay);
    this.#retryTimer.unref();
    const kind = error.kind === 'refused' ? 'refused' : 'waiting';
    this.#enter({ kind, since: now, attempt: this.#attempt, nextAttemptAt: now + delay, error });
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    for (const lease of [...this.#leases]) {
      if (!lease.released) lease.tell(state, this.settings.warn);
    }
  }

  #closedError(): PoolError {
    return new PoolError('CONNECTION_CLOSED', `The connection to ${this.address} was closed.`);
  }
}
