/**
 * One flow node's hold on the connection of its profile. The lease behind it may change (a connect action with other
 * settings) or be given back for a while (a disconnect action); the borrowing stays until the node is closed.
 */
import type { ConnectionState } from '../core/connection-state';
import type { DriverSession } from '../core/driver';
import type { PoolError } from '../core/errors';
import type { Lease } from '../core/lease';

/** What a flow node does with its hold. */
export interface BorrowHandlers<Session extends DriverSession> {
  /** A session to work with: subscribe (again). Must not throw. */
  bound?(session: Session): void;
  /**
   * The session is about to be given back. `keep` leaves subscriptions in place at the server; with `moving`, another
   * session follows at once.
   */
  unbinding?(keep: boolean, moving: boolean): void;
  /** The state now and every change of it; undefined is: disconnected on purpose. */
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
  #problem: PoolError | undefined;

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

  bind(lease: Lease<Session>, onState: (state: ConnectionState) => void): void {
    this.#lease = lease;
    this.#problem = undefined;
    const changed = (state: ConnectionState) => {
      if (this.#lease !== lease) return;
      onState(state);
      this.#handlers.stateChanged?.(state);
    };
    lease.onState(changed);
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

  /** Gives the lease back; settles when that is done. */
  async unbind(options: UnbindOptions): Promise<void> {
    const lease = this.#lease;
    if (!lease) return;
    this.#handlers.unbinding?.(options.keep, options.moving ?? false);
    this.#lease = undefined;
    await lease.release({ linger: options.linger });
  }
}
