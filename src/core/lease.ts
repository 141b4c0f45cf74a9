/** A lease: one borrower's hold on a connection. */
import type { ConnectionState } from './connection-state';
import type { DriverSession, QueueLimits } from './driver';

/** Who holds a lease, for snapshots, logs and error texts. */
export interface Borrower {
  /** Node id, or any id unique to the borrower. */
  readonly id: string;
  /** Node type, or what the borrower is. */
  readonly type: string;
  readonly name?: string;
  /** The id of the flow (tab or subflow instance) the node is on. */
  readonly flow?: string;
  /** The id of the profile (config node, or name) it borrows through. */
  readonly profile?: string;
}

export interface LeaseOptions {
  /** Ask for a connection of this borrower's own. @default false */
  readonly dedicated?: boolean;
  /** What tells a dedicated connection from all others. @default the borrower's id */
  readonly dedicatedTo?: string;
  /** How long the connection stays open after the last lease is gone, in milliseconds. @default 3000 */
  readonly lingerMillis?: number;
  /** Connect now and keep connected; false leaves it to `connect()`. @default true */
  readonly autoConnect?: boolean;
  readonly queue?: Partial<QueueLimits>;
  /**
   * True keeps the connection open when its last lease goes, until `Pool.closeUnused` or `Pool.close`; false ends that.
   * It is the borrower's profile that wishes so, one connection at a time: a lease of the same profile on another
   * connection lets the former go. Has no effect on a dedicated connection. @default as the profile said last, or false
   */
  readonly keepOpen?: boolean;
}

export interface ReleaseOptions {
  /** False closes a connection nobody else holds at once, without waiting for the linger. @default true */
  readonly linger?: boolean;
}

export type StateListener = (state: ConnectionState) => void;

/** What a lease is like in the hands of another borrower; what is left out stays. */
export type HandOverOptions = Pick<LeaseOptions, 'lingerMillis' | 'queue'>;

/** One borrower's hold on a connection; released once. */
export interface Lease<Session extends DriverSession> {
  readonly borrower: Borrower;
  /** What the connection claims for itself alone (an MQTT client id at its broker); undefined if nothing. */
  readonly identity: string | undefined;
  /** What another connection has to wait for, until this one is closed; undefined if nothing. */
  readonly rivalry: string | undefined;
  /** Connection type and fingerprint; equal keys are one connection. */
  readonly key: string;
  /** Where it connects to, without secrets. */
  readonly address: string;
  /** The protocol's operations. Throws `LEASE_RELEASED` after the release. */
  readonly session: Session;
  readonly state: ConnectionState;
  readonly released: boolean;
  /** Counts received messages that the borrower had to drop. */
  countDropped(count: number): void;
  /** Calls back with every change of state, not with the present one; returns the function that stops it. */
  onState(listener: StateListener): () => void;
  /**
   * Connects a connection that is idle, waiting or refused, now; settles when it is connected or the attempt failed.
   *
   * @throws PoolError why the attempt failed, `CONNECTION_PAUSED`, or `LEASE_RELEASED`
   */
  connect(): Promise<void>;
  /** Disconnects for every borrower until someone calls `connect()`. Settles when the socket is closed. */
  disconnect(): Promise<void>;
  /**
   * Another borrower goes on with this lease, its session and all that is under way. The former one must not use it any
   * more. Throws `LEASE_RELEASED` after the release.
   */
  handTo(borrower: Borrower, options?: HandOverOptions): void;
  /**
   * Gives the hold back: subscriptions of this lease end; the last one out closes the connection after its linger.
   * Settles when that is done as far as it is due now (with `linger: false`, when the socket is closed).
   *
   * @throws PoolError `LEASE_RELEASED_TWICE` the second time
   */
  release(options?: ReleaseOptions): Promise<void>;
}
