/**
 * The driver interface: all the pool knows of a protocol. A driver normalises profiles, opens transports and hands
 * each lease a session; it never decides when to reconnect and never knows who borrows.
 */
import type { Socket } from 'node:net';
import type { Counters } from './counters';
import type { PoolError } from './errors';
import type { LatencyHistogram } from './latency';
import type { SeenNames } from './seen-names';
import type { ConnectionTracing } from './tracing';
import type { QueueView, SubscriptionsView } from './views';

/**
 * Builds the connections of one type.
 *
 * @typeParam Profile the settings of one connection, as a borrower gives them
 * @typeParam Session what a lease gets: the operations of the protocol, bound to that lease
 */
export interface Driver<Profile, Session extends DriverSession> {
  /** The connection type, part of every key: `mqtt`, `redis`, … */
  readonly type: string;
  /**
   * Fills in defaults and brings equal settings to an equal shape, so that equal profiles get one key.
   * The result is fingerprinted; secrets in it enter the key only through the hash.
   *
   * @throws PoolError `POOL_INVALID_PROFILE` (or a code of the driver's own) if the settings can't work
   */
  normalise(profile: Profile): Profile;
  /** Where it connects to, for people: address without user, password or query. */
  describe(profile: Profile): string;
  /** What only one connection may claim at a time (an MQTT client id at its broker); undefined if nothing. */
  identity?(profile: Profile): string | undefined;
  /**
   * What a connection has to give up before another one may open, where that is less than the identity: two addresses may
   * be those of one server. @default the identity
   */
  rivalry?(profile: Profile): string | undefined;
  /** The same settings for a node that asked for a connection of its own; `suffix` is unique to that node. */
  dedicate?(profile: Profile, suffix: string): Profile;
  /**
   * The same settings for a test of them beside a connection that may be in use: without what others would notice
   * (another client's identity, messages sent on connecting) and what the server would keep.
   *
   * @param suffix unique to the test
   * @default what `dedicate` makes of them
   */
  forTest?(profile: Profile, suffix: string): Profile;
  /** How long one attempt to connect may take before the pool aborts it, in milliseconds. @default 30000 */
  connectTimeoutMillis?(profile: Profile): number;
  /** Makes the object behind one connection; must not touch the network yet. */
  open(profile: Profile, context: ConnectionContext): DriverConnection<Session>;
}

/** Times the steps of a test of settings. */
export interface TestWatch {
  /** To be called with each socket that is opened, before it is connected; `next` is what comes after that. */
  opening(socket: Socket, next: 'login' | 'answer'): void;
  /** To be called by `probe` when the server has answered; what it asks afterwards doesn't count. */
  answered(): void;
}

/** What the pool offers to the driver's side of one connection. */
export interface ConnectionContext {
  /** The key of the connection: type, colon, fingerprint. */
  readonly key: string;
  /** Counters of the connection, for the driver to count messages and bytes into. */
  readonly counters: Counters;
  /** For the time from sending to being settled of each message; see `turnMillis`. Always there in a pool. */
  readonly latency?: LatencyHistogram;
  /** For telling tracing tools of each message. Always there in a pool. */
  readonly tracing?: ConnectionTracing;
  /** For the names (topics, channels, keys) that pass; never of values or secrets. Always there in a pool. */
  readonly seen?: SeenNames;
  /** Only for a test of settings. */
  readonly test?: TestWatch;
  /** To be called when an established connection is lost, whoever closed it. */
  lost(error: PoolError): void;
  /** To be called when the driver finds the other side reachable again: a wait for the next attempt ends now. */
  reachable?(): void;
  /** Something worth a line in the log once: a warning in plain words, without secrets. */
  warn(error: PoolError): void;
}

/** The driver's side of one connection. All calls come from the pool, never two attempts at once. */
export interface DriverConnection<Session extends DriverSession> {
  /**
   * Tries once to connect. Resolves when the connection is usable; rejects with a `PoolError` whose `kind` says how to
   * retry. When `signal` aborts, the attempt must be given up and its socket destroyed.
   */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * Ends an established connection politely and leaves nothing behind: no socket, no timer. Must settle within
   * about 2 s, destroying what does not answer. `final` is false when the connection may be opened again.
   */
  disconnect(final: boolean): Promise<void>;
  /** The process ends in this very turn: says to the other side what can be said without waiting. Must not throw. */
  farewell?(): void;
  /** Told when the last lease has gone and the connection only lingers (true: nothing may keep the process alive). */
  linger?(lingering: boolean): void;
  /**
   * For a test of settings, after connecting: asks the server for something that changes nothing, to see how soon it
   * answers, and whether it takes the credentials. Resolves with more for the details; rejects with why not.
   */
  probe?(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** A session for one more lease. */
  session(options: SessionOptions): Session;
  /** Messages or commands that wait to be sent. */
  readonly queued?: number;
  /** Protocol details for the snapshot (negotiated version, subscriptions, …), as plain JSON without secrets. */
  details?(): Record<string, unknown>;
  /** What it receives, and how many messages came for each; asked only while somebody looks. @param limit of the list */
  subscriptions?(limit: number): SubscriptionsView;
  /** Queues with something in them; asked only while somebody looks. @default one with what `queued` says */
  queues?(): readonly QueueView[];
}

/** What a lease may choose for itself without getting another connection. */
export interface SessionOptions {
  /** Limits of the queue for what this lease can't send now. */
  readonly queue: QueueLimits;
}

/** The least a session must offer; drivers add the operations of their protocol. */
export interface DriverSession {
  /** Called once by the pool when the lease is released: undo what the lease did (its subscriptions). */
  close(): void;
  /** The lease goes on with another queue: what waits already stays, whatever the limits. */
  limit?(queue: QueueLimits): void;
}

/** What happens to a message that finds the queue full. */
export type QueueOverflow = 'drop-oldest' | 'drop-newest' | 'refuse';

/** Limits of one lease's queue. */
export interface QueueLimits {
  /** @default 100000 */
  readonly maxCount: number;
  /** @default 67108864 (64 MiB) */
  readonly maxBytes: number;
  /** Oldest age in milliseconds, 0 for no limit. @default 0 */
  readonly maxAgeMillis: number;
  /** @default 'refuse' */
  readonly overflow: QueueOverflow;
}

export const DEFAULT_QUEUE: QueueLimits = {
  maxCount: 100_000,
  maxBytes: 64 * 1024 * 1024,
  maxAgeMillis: 0,
  overflow: 'refuse',
};
