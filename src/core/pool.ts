/**
 * The pool: one connection per key, shared by all who ask for equal settings. Start reading here; pooled-connection.ts
 * is the life of one connection, driver.ts what a protocol has to bring.
 */
import { randomBytes } from 'node:crypto';
import { type BackoffOptions, DEFAULT_BACKOFF } from './backoff';
import { DEFAULT_QUEUE, type Driver, type DriverSession, type QueueLimits } from './driver';
import { PoolError } from './errors';
import { connectionKey } from './fingerprint';
import { KeptConnections } from './kept-connections';
import type { Borrower, Lease, LeaseOptions } from './lease';
import { type ChangeListener, PoolChanges } from './pool-changes';
import { describeBorrower } from './pool-lease';
import { PooledConnection, type PooledConnectionSettings } from './pooled-connection';
import type { SeenNames } from './seen-names';
import { type ConnectionGlance, type ConnectionSnapshot, connectionSnapshot, type PoolSnapshot } from './snapshot';
import { type TestResult, testNormalised } from './test-profile';
import { t } from './wording';

/** How long one attempt may take when the driver doesn't say. */
const CONNECT_TIMEOUT_MILLIS = 30_000;

export interface PoolOptions {
  readonly backoff?: Partial<BackoffOptions>;
  /** How long a connection without leases stays open, in milliseconds, unless the lease says otherwise. @default 3000 */
  readonly lingerMillis?: number;
  /** Numbers in [0, 1) for the jitter. @default Math.random */
  readonly random?: () => number;
}

/** Told what is worth a line in the log: never an error of one borrower, never a secret. */
export type WarningListener = (error: PoolError, address: string) => void;

/** A driver of whatever protocol. */
export type AnyDriver = Driver<unknown, DriverSession>;

export class Pool {
  #backoff: BackoffOptions;
  #lingerMillis: number;
  readonly #random: () => number;
  readonly #secret = randomBytes(32);
  readonly #drivers = new Map<string, AnyDriver>();
  readonly #connections = new Map<string, PooledConnection<DriverSession>>();
  readonly #closing = new Map<Promise<void>, PooledConnection<DriverSession>>();
  readonly #warningListeners = new Set<WarningListener>();
  readonly #changes = new PoolChanges((error, address) => this.#warn(error, address));
  readonly #kept = new KeptConnections();
  #closed = false;

  constructor(options: PoolOptions = {}) {
    this.#backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
    this.#lingerMillis = options.lingerMillis ?? 3_000;
    this.#random = options.random ?? Math.random;
  }

  /** Changes the defaults for connections made from now on. */
  configure(options: Pick<PoolOptions, 'backoff' | 'lingerMillis'>): void {
    this.#backoff = { ...this.#backoff, ...options.backoff };
    this.#lingerMillis = options.lingerMillis ?? this.#lingerMillis;
  }

  /** Makes a connection type known by its name; registering the name again replaces the driver for new connections. */
  registerDriver<Profile, Session extends DriverSession>(driver: Driver<Profile, Session>): void {
    this.#drivers.set(driver.type, driver as unknown as AnyDriver);
  }

  /**
   * Borrows the connection with these settings, making it if nobody has it yet. Returns at once: connecting goes on
   * behind it, and a server that is down is a state of the lease, not an error here.
   *
   * @param driver a driver, or the type name of a registered one
   * @param profile the settings, as the driver defines them
   * @throws PoolError `POOL_CLOSED`, `POOL_UNKNOWN_DRIVER`, or what the driver says of settings that can't work
   */
  acquire<Profile, Session extends DriverSession>(
    driver: Driver<Profile, Session> | string,
    profile: Profile,
    borrower: Borrower,
    options: LeaseOptions = {},
  ): Lease<Session> {
    if (this.#closed) throw new PoolError('POOL_CLOSED', t`The connection pool is closed.`);
    const known = typeof driver === 'string' ? this.driver(driver) : (driver as unknown as AnyDriver);
    const { dedicated = false, keepOpen } = options;
    const connection = this.#connection(known, profile, borrower, options);
    if (keepOpen !== undefined && !dedicated) this.#wish(borrower.profile ?? borrower.id, connection.key, keepOpen);
    const queue: QueueLimits = { ...DEFAULT_QUEUE, ...options.queue };
    const lease = connection.lease(borrower, options.lingerMillis ?? this.#lingerMillis, queue);
    if ((options.autoConnect ?? true) && connection.state.kind === 'idle') connection.start();
    return lease as unknown as Lease<Session>;
  }

  /**
   * Where `acquire` would lead, without going there: the key of the connection, and what it claims for itself alone.
   *
   * @throws PoolError as `acquire` does
   */
  destination<Profile, Session extends DriverSession>(
    driver: Driver<Profile, Session>,
    profile: Profile,
    borrower: Borrower,
    options: LeaseOptions = {},
  ): { readonly key: string; readonly identity: string | undefined; readonly rivalry: string | undefined } {
    const known = driver as unknown as AnyDriver;
    const found = this.#destination(known, profile, borrower, options);
    return { key: found.key, ...claimsOf(known, found.profile) };
  }

  /** How long a connection without leases stays open when its profile doesn't say, in milliseconds. */
  get lingerMillis(): number {
    return this.#lingerMillis;
  }

  /** All connections that are open or opening, without secrets. */
  snapshot(): PoolSnapshot {
    return { connections: [...this.#connections.values()].map(connectionSnapshot) };
  }

  /** The connections themselves, to be read only, and only in this turn. */
  glances(): Iterable<ConnectionGlance> {
    return this.#connections.values();
  }

  /** One of them, by its whole key. */
  glance(key: string): ConnectionGlance | undefined {
    return this.#connections.get(key);
  }

  /**
   * The connection with this key, or the only one whose key begins so.
   *
   * @throws PoolError `CONNECTION_AMBIGUOUS` if several begin so
   */
  find(key: string): ConnectionSnapshot | undefined {
    const found = this.#find(key);
    return found && connectionSnapshot(found);
  }

  /** What has passed over the connections that profiles use or keep open, one for each connection. */
  seen(isMeant: (profile: string) => boolean): SeenNames[] {
    const used = [...this.#connections.values()].filter(({ borrowers, settings }) => {
      return borrowers.some(({ id, profile }) => isMeant(profile ?? id)) || settings.keepers().some(isMeant);
    });
    return used.map(({ seen }) => seen);
  }

  /**
   * Ends the link of a connection and connects it at once; leases and what waits to be sent stay. Settles when it is
   * connected again.
   *
   * @param key as for `find`
   * @throws PoolError why the attempt failed (the pool goes on trying), `CONNECTION_PAUSED` or `CONNECTION_UNKNOWN`
   */
  async reconnect(key: string): Promise<void> {
    await this.#existing(key).reconnect();
  }

  /**
   * Disconnects a connection until `resume`, for everyone who holds it; leases and what waits to be sent stay. A pause
   * ends with the connection: when its last lease has gone and it is closed, it is forgotten.
   *
   * @throws PoolError `CONNECTION_UNKNOWN`
   */
  async pause(key: string): Promise<void> {
    await this.#existing(key).pause();
  }

  /** Ends a pause and connects; settles and throws as `reconnect` does. */
  async resume(key: string): Promise<void> {
    await this.#existing(key).resume();
  }

  /**
   * Tries the settings of a connection out on a client apart, whatever the connection itself is doing. Never throws but:
   *
   * @param key as for `find`
   * @throws PoolError `CONNECTION_UNKNOWN`
   */
  async test(key: string, timeoutMillis: number): Promise<TestResult> {
    return this.#existing(key).settings.test(timeoutMillis);
  }

  /** A profile is no more: what it wished to keep open closes unless somebody holds it or wishes so, too. */
  stopKeeping(keeper: string): void {
    this.#letGo(this.#kept.leave(keeper));
  }

  /** Calls back with every change of a state and of leases; returns the function that stops it. */
  onChange(listener: ChangeListener): () => void {
    return this.#changes.add(listener);
  }

  /** Calls back with what is worth a line in the log; returns the function that stops it. */
  onWarning(listener: WarningListener): () => void {
    this.#warningListeners.add(listener);
    return () => this.#warningListeners.delete(listener);
  }

  /** Closes, now, the connections nobody holds, without waiting for their linger; settles when they are closed. */
  async closeUnused(): Promise<void> {
    const unused = [...this.#connections.values()].filter((connection) => connection.leaseCount === 0);
    for (const connection of unused) void connection.close();
    await Promise.all(this.#closing.keys());
  }

  /** Closes every connection, held or not; nothing can be acquired afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of [...this.#connections.values()]) void connection.close();
    await Promise.all(this.#closing.keys());
  }

  /** Says goodbye on all connections; for the end of the process, when it is too late to close them. */
  farewell(): void {
    for (const connection of [...this.#connections.values(), ...this.#closing.values()]) connection.farewell();
  }

  /** @throws PoolError `POOL_UNKNOWN_DRIVER` */
  driver(type: string): AnyDriver {
    const driver = this.#drivers.get(type);
    if (driver) return driver;
    const types = [...this.#drivers.keys()].join(', ') || 'none';
    throw new PoolError('POOL_UNKNOWN_DRIVER', t`There is no connection type "${type}"; registered: ${types}.`);
  }

  #connection(driver: AnyDriver, given: unknown, borrower: Borrower, options: LeaseOptions) {
    const { profile, key } = this.#destination(driver, given, borrower, options);
    return this.#connections.get(key) ?? this.#open(driver, profile, key, borrower, options.dedicated ?? false);
  }

  #destination(driver: AnyDriver, given: unknown, borrower: Borrower, options: LeaseOptions) {
    const normalised = driver.normalise(given);
    if (!options.dedicated) return { profile: normalised, key: connectionKey(driver.type, normalised, this.#secret) };
    const owner = options.dedicatedTo ?? borrower.id;
    const profile = driver.dedicate?.(normalised, owner) ?? normalised;
    return { profile, key: `${connectionKey(driver.type, profile, this.#secret)}:${owner}` };
  }

  #open(driver: AnyDriver, profile: unknown, key: string, borrower: Borrower, dedicated: boolean) {
    const address = driver.describe(profile);
    const claims = claimsOf(driver, profile);
    const connection: PooledConnection<DriverSession> = new PooledConnection<DriverSession>({
      key,
      type: driver.type,
      address,
      ...claims,
      dedicated,
      connectTimeoutMillis: driver.connectTimeoutMillis?.(profile) ?? CONNECT_TIMEOUT_MILLIS,
      backoff: this.#backoff,
      random: this.#random,
      whenIdentityFree: () => this.#whenFree(claims.rivalry),
      warn: (error) => this.#warn(error, address),
      onClosing: (closed) => this.#forget(connection, closed),
      onState: (state) => changes.state(state),
      onLease: (change, who) => changes.lease(change, who),
      keepers: () => (dedicated ? [] : this.#kept.keepersOf(key)),
      test: (timeoutMillis) => testNormalised(driver, profile, timeoutMillis),
    });
    const changes = this.#changes.of(connection);
    try {
      connection.attachDriver(
        driver.open(profile, {
          key,
          counters: connection.counters,
          latency: connection.latency,
          seen: connection.seen,
          tracing: changes.tracing,
          lost: (error) => connection.lost(error),
          reachable: () => connection.reachable(),
          warn: (error) => this.#warn(error, address),
        }),
      );
    } catch (thrown) {
      const who = describeBorrower(borrower);
      throw thrown instanceof PoolError
        ? thrown
        : new PoolError('DRIVER_FAILED', t`No connection to ${address} for ${who}: the ${driver.type} driver failed.`, {
            cause: thrown,
          });
    }
    this.#evictUnused(claims);
    this.#connections.set(key, connection);
    return connection;
  }

  /** The old settings of a changed profile linger without leases: they give way to the new ones. */
  #evictUnused({ identity, rivalry }: Claims): void {
    if (rivalry === undefined) return;
    for (const other of [...this.#connections.values()]) {
      if (other.leaseCount > 0 || other.settings.rivalry !== rivalry) continue;
      // What a profile keeps open at another address may well be at another server.
      if (other.settings.identity === identity || !this.#kept.has(other.key)) void other.close();
    }
  }

  async #whenFree(rivalry: string | undefined): Promise<void> {
    if (rivalry === undefined) return;
    const inTheWay = [...this.#closing].filter(([, closing]) => closing.settings.rivalry === rivalry);
    await Promise.all(inTheWay.map(([closed]) => closed));
  }

  #forget(connection: PooledConnection<DriverSession>, closed: Promise<void>): void {
    if (this.#connections.get(connection.key) === connection) {
      this.#connections.delete(connection.key);
      this.#kept.forget(connection.key);
    }
    this.#closing.set(closed, connection);
    void closed.finally(() => this.#closing.delete(closed));
  }

  #find(key: string): PooledConnection<DriverSession> | undefined {
    const exact = this.#connections.get(key);
    if (exact || key === '') return exact;
    const [found, another] = [...this.#connections.values()].filter((connection) => connection.key.startsWith(key));
    if (!another) return found;
    throw new PoolError(
      'CONNECTION_AMBIGUOUS',
      t`The keys of several connections begin with "${key}"; use more of it.`,
    );
  }

  #existing(key: string): PooledConnection<DriverSession> {
    const found = this.#find(key);
    if (found) return found;
    throw new PoolError('CONNECTION_UNKNOWN', t`There is no connection "${key}"; it may have been closed meanwhile.`);
  }

  #wish(keeper: string, key: string, keep: boolean): void {
    const before = this.#kept.wish(keeper, key, keep);
    if (before !== key) this.#letGo(before);
  }

  /** Nobody wishes this connection to be kept any more, perhaps. */
  #letGo(key: string | undefined): void {
    const connection = key === undefined ? undefined : this.#connections.get(key);
    if (connection?.leaseCount === 0 && !this.#kept.has(connection.key)) void connection.close();
  }

  #warn(error: PoolError, address: string): void {
    for (const listener of [...this.#warningListeners]) listener(error, address);
  }
}

/** What a connection claims; see the driver's interface. */
type Claims = Pick<PooledConnectionSettings, 'identity' | 'rivalry'>;

function claimsOf(driver: AnyDriver, profile: unknown): Claims {
  const identity = driver.identity?.(profile);
  return { identity, rivalry: driver.rivalry ? driver.rivalry(profile) : identity };
}
