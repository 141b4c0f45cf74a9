/**
 * One physical connection of the pool: counts its leases, runs the state machine and decides when to reconnect. What a
 * connection really is, only the driver knows.
 */
import { type BackoffOptions, backoffDelay } from './backoff';
import { closedError, connectWithin } from './connect-within';
import type { ConnectionState } from './connection-state';
import { type Counters, newCounters } from './counters';
import type { DriverConnection, DriverSession, QueueLimits } from './driver';
import { PoolError } from './errors';
import { LatencyHistogram } from './latency';
import type { Borrower } from './lease';
import { PoolLease } from './pool-lease';
import { SeenNames } from './seen-names';
import type { TestResult } from './test-profile';
import type { QueueView, SubscriptionsView } from './views';
import { t } from './wording';

export interface PooledConnectionSettings {
  readonly key: string;
  readonly type: string;
  readonly address: string;
  readonly identity: string | undefined;
  readonly rivalry: string | undefined;
  readonly dedicated: boolean;
  readonly connectTimeoutMillis: number;
  readonly backoff: BackoffOptions;
  readonly random: () => number;
  /** Settles when no other connection of the same identity is open any more. */
  readonly whenIdentityFree: () => Promise<void>;
  readonly warn: (error: PoolError) => void;
  /** Called once, when the connection begins to close: the pool forgets the key. */
  readonly onClosing: (closed: Promise<void>) => void;
  /** Called with every state, after the leases were told. */
  readonly onState: (state: ConnectionState) => void;
  readonly onLease: (change: 'acquired' | 'released', borrower: Borrower) => void;
  /** The profiles that wish it to stay open when nobody holds it. */
  readonly keepers: () => readonly string[];
  /** Tries its settings out on a client apart. */
  readonly test: (timeoutMillis: number) => Promise<TestResult>;
}

/** The latest failure of a connection. */
export interface LastError {
  readonly error: PoolError;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export class PooledConnection<Session extends DriverSession> {
  readonly settings: PooledConnectionSettings;
  readonly counters: Counters = newCounters();
  readonly latency = new LatencyHistogram();
  readonly seen = new SeenNames();
  readonly #leases = new Set<PoolLease<Session>>();
  #driver!: DriverConnection<Session>;
  #state: ConnectionState = { kind: 'idle', since: Date.now() };
  #paused = false;
  #lastError: LastError | undefined;
  #downSince: number | undefined;
  #lingering = false;
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

  get paused(): boolean {
    return this.#paused;
  }

  get queued(): number {
    return this.#driver.queued ?? 0;
  }

  get details(): Record<string, unknown> {
    return this.#driver.details?.() ?? {};
  }

  /** Why it could not connect or was lost the last time; it stays when all is well again. */
  get lastError(): LastError | undefined {
    return this.#lastError;
  }

  /** Since when it has tried in vain, over all attempts; undefined when it has not failed. Milliseconds since the epoch. */
  get downSince(): number | undefined {
    return this.#downSince;
  }

  /** @param limit how many are listed at most */
  subscriptions(limit: number): SubscriptionsView {
    return this.#driver.subscriptions?.(limit) ?? { listed: [], more: 0 };
  }

  get queues(): readonly QueueView[] {
    const queued = this.queued;
    return this.#driver.queues?.() ?? (queued > 0 ? [{ waiting: queued }] : []);
  }

  lease(borrower: Borrower, lingerMillis: number, queue: QueueLimits): PoolLease<Session> {
    const session = this.#driver.session({ queue });
    const lease = new PoolLease(this, session, borrower, lingerMillis);
    if (this.#lingering) this.#linger(false);
    this.#leases.add(lease);
    this.settings.onLease('acquired', borrower);
    return lease;
  }

  async release(lease: PoolLease<Session>, session: Session, linger: boolean): Promise<void> {
    this.#leases.delete(lease);
    try {
      session.close();
    } catch (thrown) {
      this.settings.warn(PoolError.from(thrown));
    }
    this.settings.onLease('released', lease.borrower);
    if (this.#leases.size > 0) return;
    const kept = this.settings.keepers().length > 0;
    if (!kept && (!linger || lease.lingerMillis <= 0)) return this.close();
    this.#linger(true);
    if (kept) return;
    this.#lingerTimer = setTimeout(() => void this.close(), lease.lingerMillis);
    this.#lingerTimer.unref();
  }

  /** A lease has another borrower now. */
  handedTo(borrower: Borrower, former: Borrower): void {
    if (isSameBorrower(borrower, former)) return;
    this.settings.onLease('acquired', borrower);
    this.settings.onLease('released', former);
  }

  /** Starts connecting unless that is going on already; never waits and never throws. */
  start(): void {
    if (this.#closed || this.#paused || this.#state.kind === 'connected' || this.#attemptUnderWay) return;
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
    this.#assertUsable();
    this.start();
    await this.#attemptUnderWay;
  }

  async disconnect(): Promise<void> {
    if (this.#closed) return this.#closed;
    const wasIdle = this.#state.kind === 'idle';
    this.#stopTrying();
    if (wasIdle) return;
    this.#enter({ kind: 'closing', since: Date.now() });
    await this.#endLink();
    if (!this.#closed && this.#state.kind === 'closing') this.#rest();
  }

  /** Ends the link there is and connects at once; tells how that went. */
  async reconnect(): Promise<void> {
    this.#assertUsable();
    void this.disconnect();
    this.start();
    await this.#attemptUnderWay;
  }

  /** Disconnects until `resume`; settles when the socket is closed. */
  async pause(): Promise<void> {
    if (this.#closed) throw closedError(this.address);
    if (this.#paused) return;
    this.#paused = true;
    if (this.#state.kind === 'idle') this.#rest();
    else await this.disconnect();
  }

  /** Ends a pause and connects at once; tells how that went. */
  async resume(): Promise<void> {
    this.#paused = false;
    await this.connect();
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

  /** For the end of the process, which waits for nothing. */
  readonly farewell = () => this.#driver.farewell?.();

  /** The driver says that the established connection is gone. */
  lost(error: PoolError): void {
    if (this.#state.kind !== 'connected') return;
    this.counters.losses += 1;
    const lasted = Date.now() - this.#state.since;
    if (lasted >= this.settings.backoff.maximumMillis) this.#attempt = 0;
    this.#attempt += 1;
    this.#waitFor(error);
  }

  /** The driver says that there is no reason to wait any longer. */
  reachable(): void {
    if (this.#state.kind === 'waiting' || this.#state.kind === 'refused') this.start();
  }

  async #finish(): Promise<void> {
    this.#enter({ kind: 'closing', since: Date.now() });
    await this.#endDriver(true);
    this.#enter({ kind: 'closed', since: Date.now() });
  }

  #linger(lingering: boolean): void {
    clearTimeout(this.#lingerTimer);
    this.#lingering = lingering;
    this.#driver.linger?.(lingering);
  }

  /** Ends the link, after one that is being ended already. */
  async #endLink(): Promise<void> {
    const before = this.#ending;
    const ending = before ? before.then(() => this.#endDriver(false)) : this.#endDriver(false);
    this.#ending = ending;
    await ending;
    if (this.#ending === ending) this.#ending = undefined;
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
      // Another may have been added meanwhile: of an attempt that succeeded just when it was given up.
      while (this.#ending) await this.#ending;
      await this.settings.whenIdentityFree();
      if (!abort.signal.aborted) {
        const { address, connectTimeoutMillis: timeoutMillis } = this.settings;
        const end = () => this.#endLink();
        await connectWithin(this.#driver, { address, timeoutMillis, signal: abort.signal, end });
      }
      if (abort.signal.aborted) throw closedError(this.address);
      this.counters.connects += 1;
      this.#enter({ kind: 'connected', since: Date.now() });
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (this.#abort === abort) {
        this.counters.failures += 1;
        this.#attempt += 1;
        this.#waitFor(error);
      }
      throw error;
    } finally {
      if (this.#abort === abort) this.#abort = undefined;
    }
  }

  #waitFor(error: PoolError): void {
    const { backoff, random } = this.settings;
    const delay = backoffDelay(error.kind, this.#attempt, random(), backoff);
    const now = Date.now();
    this.#retryTimer = setTimeout(() => this.start(), delay);
    this.#retryTimer.unref();
    this.#lastError = { error, at: now };
    const kind = error.kind === 'refused' ? 'refused' : 'waiting';
    this.#enter({ kind, since: now, attempt: this.#attempt, nextAttemptAt: now + delay, error });
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    if (state.kind === 'waiting' || state.kind === 'refused') this.#downSince ??= state.since;
    else if (state.kind !== 'connecting' && state.kind !== 'closing') this.#downSince = undefined;
    for (const lease of [...this.#leases]) {
      if (!lease.released) lease.tell(state, this.settings.warn);
    }
    this.settings.onState(state);
  }

  #rest(): void {
    this.#enter({ kind: 'idle', since: Date.now(), ...(this.#paused ? { paused: true } : {}) });
  }

  #assertUsable(): void {
    if (this.#closed) throw closedError(this.address);
    if (!this.#paused) return;
    throw new PoolError('CONNECTION_PAUSED', t`The connection to ${this.address} is paused; resume it first.`);
  }
}

function isSameBorrower(one: Borrower, other: Borrower): boolean {
  return one.id === other.id && one.name === other.name && one.flow === other.flow && one.profile === other.profile;
}
