/**
 * One flow node's hold on the connection of its profile. The lease behind it may change (a connect action with other
 * settings), be given back for a while (a disconnect action) or go on to the node that comes in this one's place; the
 * borrowing stays until the node is closed.
 */
import type { ConnectionState } from '../core/connection-state';
import type { DriverSession } from '../core/driver';
import type { PoolError } from '../core/errors';
import type { Lease } from '../core/lease';
import type { Legacy } from './hand-over/hand-over';

/** What a flow node does with its hold. None of them may throw. */
export interface BorrowHandlers<Session extends DriverSession> {
  /**
   * What the same node left when it was closed last. Called first of all, and at most once. If the predecessor still has
   * its session, then that is the session this node gets next: it takes over what there is. If it has none, another
   * connection follows, or none.
   */
  inherit?(legacy: Legacy): void;
  /**
   * The node was closed and may come back: from now on nothing is sent to the flow or shown as status, but the session
   * stays and goes on working. Returns what the successor inherits; a node that returns nothing gives its hold back.
   *
   * @param removed it was deleted or disabled: it comes back only if someone undoes that
   */
  park?(removed: boolean): Legacy | undefined;
  /** A session to work with: subscribe (again). */
  bound?(session: Session): void;
  /**
   * The session is about to be given back. `keep` leaves subscriptions in place at the server; with `moving`, another
   * session follows at once, or as soon as the node comes back.
   */
  unbinding?(keep: boolean, moving: boolean): void;
  /** After `unbinding` with `moving`: the session is gone, and everything it was given has been answered or given up. */
  unbound?(): void;
  /** The state now and every change of it, while the node lives; undefined is: disconnected on purpose. */
  stateChanged?(state: ConnectionState | undefined): void;
  /** There is no connection because the profile can't work as it is set. */
  failed?(error: PoolError): void;
}

export interface UnbindOptions {
  /** Leave subscriptions in place at the server. */
  readonly keep: boolean;
  readonly linger: boolean;
  /** Another connection takes over. @default false */
  readonly moving?: boolean;
}

export class Borrowing<Session extends DriverSession> {
  readonly #handlers: BorrowHandlers<Session>;
  #lease: Lease<Session> | undefined;
  #stopListening: (() => void) | undefined;
  #problem: PoolError | undefined;
  #parked = false;

  constructor(handlers: BorrowHandlers<Session>) {
    this.#handlers = handlers;
  }

  /** Undefined while the profile is disconnected on purpose or can't work. */
  get lease(): Lease<Session> | undefined {
    return this.#lease;
  }

  /** Why there is no connection, if it is for a fault of the profile. */
  get problem(): PoolError | undefined {
    return this.#problem;
  }

  inherit(legacy: Legacy): void {
    this.#handlers.inherit?.(legacy);
  }

  /** The node is closed, but its hold stays; undefined if the node has no use for that. */
  park(removed: boolean): Legacy | undefined {
    const legacy = this.#handlers.park?.(removed);
    this.#parked = legacy !== undefined;
    return legacy;
  }

  bind(lease: Lease<Session>, onState: (state: ConnectionState) => void): void {
    this.#lease = lease;
    this.#problem = undefined;
    const changed = (state: ConnectionState) => {
      if (this.#lease !== lease) return;
      onState(state);
      if (!this.#parked) this.#handlers.stateChanged?.(state);
    };
    this.#stopListening = lease.onState(changed);
    this.#handlers.bound?.(lease.session);
    changed(lease.state);
  }

  fail(error: PoolError): void {
    this.#problem = error;
    this.#handlers.failed?.(error);
  }

  /** There is no lease for now, and that is as it should be. */
  rest(): void {
    this.#problem = undefined;
    this.#handlers.stateChanged?.(undefined);
  }

  /** Leaves the lease to another borrowing, with all that is under way on its session. */
  surrender(): void {
    this.#stopListening?.();
    this.#lease = undefined;
  }

  /** Gives the lease back; settles when that is done. */
  async unbind(options: UnbindOptions): Promise<void> {
    const lease = this.#lease;
    if (!lease) return;
    this.#handlers.unbinding?.(options.keep, options.moving ?? false);
    this.#lease = undefined;
    try {
      await lease.release({ linger: options.linger });
    } finally {
      if (options.moving) this.#handlers.unbound?.();
    }
  }
}
