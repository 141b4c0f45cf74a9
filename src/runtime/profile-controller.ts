/**
 * What a profile node of any protocol does: it turns its settings into leases for the flow nodes that use it. The pool
 * decides which of them, of this or any other profile, share one connection.
 *
 * Disconnecting on purpose gives the leases of this profile back rather than closing the connection: when others hold
 * it too, they must not notice; when nobody else does, the pool closes it at once. So "disconnected" is simply a profile
 * without leases, and a profile that doesn't connect by itself begins that way.
 */
import type { Node } from 'node-red';
import type { DriverSession } from '../core/driver';
import { PoolError } from '../core/errors';
import type { Borrower, Lease } from '../core/lease';
import { type BorrowHandlers, Borrowing } from './borrowing';
import type { HandOver, ParkedHold } from './hand-over/hand-over';
import { speakThrough } from './hand-over/speak-through';
import type { GivenSettings } from './named-reference';
import { type KeepRules, ProfileLeases, type ProfileUser } from './profile-leases';
import type { CurrentSettings, ProfileParts, ProfileProtocol } from './profile-protocol';
import { hasSameIdentity, isSameConnection } from './same-connection';
import { isPlainObject, readBoolean } from './settings-readers';
import type { Texts } from './texts';

export type { CurrentSettings, ProfileParts, ProfileProtocol } from './profile-protocol';

/** The part of a profile that actions of messages need. */
export interface ConnectionActions<Session extends DriverSession> {
  readonly overridesField: string;
  connect(borrowing: Borrowing<Session>, overrides: unknown): Promise<void>;
  disconnect(): Promise<void>;
}

export class ProfileController<Profile, Session extends DriverSession, Current extends CurrentSettings<Profile>>
  implements ConnectionActions<Session>
{
  readonly texts: Texts;
  readonly #parts: ProfileParts;
  readonly #protocol: ProfileProtocol<Profile, Session, Current>;
  readonly #leases: ProfileLeases<Profile, Session, Current>;
  readonly #users = new Map<Borrowing<Session>, ProfileUser<Session>>();
  #current: Current | PoolError;
  /** Whether this profile is to be connected. */
  #wanted: boolean;
  /** A connect or disconnect action has had its say in that. */
  #told = false;
  /** Another connection is about to take over. */
  #moving = false;
  readonly #afterStart: NodeJS.Immediate;
  readonly #leave: () => void;

  constructor(parts: ProfileParts, protocol: ProfileProtocol<Profile, Session, Current>) {
    this.#parts = parts;
    this.#protocol = protocol;
    this.texts = parts.texts;
    this.#leases = new ProfileLeases(parts, protocol);
    this.#leave = this.#leases.handOver.enter();
    this.#current = this.#read();
    this.#wanted = this.#connectsByItself;
    parts.named?.attach(this);
    // When the flow nodes of this start have come: they are to find the connection as it was before a deploy.
    this.#afterStart = setImmediate(() => this.#keepOrNot());
  }

  /** The settings in force, or why they can't work. */
  get current(): Current | PoolError {
    return this.#current;
  }

  get handOver(): HandOver {
    return this.#leases.handOver;
  }

  get overridesField(): string {
    return this.#protocol.overridesField;
  }

  /** The flow nodes that use this profile now. */
  get borrowers(): readonly Borrower[] {
    return [...this.#users.values()].map(({ node }) => this.#leases.borrower(node));
  }

  /**
   * A hold on the connection for a flow node, until `giveBack`. It begins with what the same node left when it was closed
   * last, if it comes back in time. The handlers are called before this returns.
   */
  borrow(node: Node, handlers: BorrowHandlers<Session>, dedicated = false): Borrowing<Session> {
    const user = { node, dedicated, borrowing: new Borrowing(handlers) };
    this.#users.set(user.borrowing, user);
    this.#bind(user, this.#leases.handOver.take(node));
    return user.borrowing;
  }

  /**
   * The end of a borrowing, when its node is closed. If the node has a handler `park`, its hold waits for the node to come
   * back: through a deploy, and as long as the connection lingers.
   *
   * @param linger false ends it in any case, and closes a connection of its own at once
   */
  async giveBack(borrowing: Borrowing<Session>, removed: boolean, linger = true): Promise<void> {
    const user = this.#users.get(borrowing);
    this.#users.delete(borrowing);
    const keeps: KeepRules = {
      removed,
      stopped: !removed && this.#keeps('stopped'),
      disconnected: this.#keeps('disconnected'),
    };
    if (user && linger && this.#leases.park(user, this.lingerMillis, keeps)) return;
    await this.#leases.unbind(borrowing, {
      keep: keeps.stopped,
      linger: linger && !this.#parts.shutdown.underWay,
    });
  }

  /**
   * Connects this profile, with other settings if the action brings some.
   *
   * @param overrides what the message brings in `overridesField`
   * @throws PoolError why it can't, or why the attempt failed (the pool goes on trying then)
   */
  async connect(borrowing: Borrowing<Session>, overrides: unknown): Promise<void> {
    if (isPlainObject(overrides)) {
      const kind = borrowing.lease?.state.kind;
      const busy = kind === 'connected' || kind === 'connecting';
      if (busy && !overrides['force']) {
        throw new PoolError('INVALID_ACTION', this.texts.text('errors.already-connected'));
      }
      await this.#unbindAll(true);
      this.#protocol.override(overrides, this.#named());
      this.#current = this.#read();
    }
    this.#wanted = true;
    this.#told = true;
    for (const user of this.#users.values()) {
      if (!user.borrowing.lease) this.#bind(user);
    }
    if (borrowing.problem) throw borrowing.problem;
    await borrowing.lease?.connect();
  }

  /** Disconnects the nodes of this profile (also those with a connection of their own), and only them, until a connect action. */
  async disconnect(): Promise<void> {
    this.#wanted = false;
    this.#told = true;
    this.#parts.pool.stopKeeping(this.#parts.node.id);
    await this.#unbindAll();
  }

  /** The profile node is closed; its users are too, each by itself. */
  async close(removed = false): Promise<void> {
    clearImmediate(this.#afterStart);
    this.#leave();
    this.#parts.named?.release();
    if (removed) this.#parts.pool.stopKeeping(this.#parts.node.id);
    if (!this.#parts.shutdown.underWay) return;
    await Promise.all([this.#leases.handOver.settled(), this.#parts.pool.closeUnused()]);
  }

  /**
   * The named profile changed. If that makes another connection of it, all nodes move there, each with what it has
   * waiting; else nobody notices. For the named reference only.
   */
  namedChanged(): void {
    const before = this.#current;
    this.#protocol.reset?.();
    const now = this.#read();
    if (now instanceof PoolError && before instanceof PoolError && now.message === before.message) return;
    if (isSameConnection(this.#protocol.driver, before, now)) {
      this.#current = now;
      this.#keepOrNot();
      return;
    }
    const same = hasSameIdentity(this.#protocol.driver, before, now);
    const keep = this.#keeps(same ? 'disconnected' : 'stopped');
    for (const borrowing of this.#users.keys()) {
      this.#leases
        .unbind(borrowing, { keep, linger: false, moving: true })
        .catch((thrown: unknown) => this.#parts.node.warn(PoolError.from(thrown).message));
    }
    void this.#leases.vacateAll(keep);
    this.#current = now;
    if (!this.#told) this.#wanted = this.#connectsByItself;
    if (this.#moving) return;
    this.#moving = true;
    // When all profiles of this change have let go: a client id must not be used by the old and the new one at once.
    queueMicrotask(() => {
      this.#moving = false;
      for (const user of this.#users.values()) {
        if (!user.borrowing.lease) this.#bind(user);
      }
      this.#keepOrNot();
    });
  }

  #named(): GivenSettings | undefined {
    return this.#parts.named?.given();
  }

  get #connectsByItself(): boolean {
    try {
      return readBoolean(this.#named()?.settings ?? this.#parts.settings, 'autoConnect', true);
    } catch {
      // A named profile that can't be used: every node says so.
      return true;
    }
  }

  #read(): Current | PoolError {
    try {
      const read = this.#protocol.read(this.#named());
      for (const warning of read.warnings) this.#parts.node.warn(this.texts.text(`errors.${warning}`));
      return read;
    } catch (thrown) {
      return PoolError.from(thrown, this.#protocol.invalidCode);
    }
  }

  #bind(user: ProfileUser<Session>, parked?: ParkedHold): void {
    const { borrowing } = user;
    const current = this.#current;
    let lease: Lease<Session> | undefined;
    let problem = current instanceof PoolError ? current : undefined;
    let takenOver = false;
    if (!(current instanceof PoolError) && this.#wanted) {
      try {
        lease = parked && this.#leases.takeOver(user, current, parked);
        takenOver = lease !== undefined;
        lease ??= this.#leases.acquire(user, current);
      } catch (thrown) {
        problem = PoolError.from(thrown);
      }
    }
    if (parked) this.#inherit(user, parked, takenOver);
    if (lease) this.#leases.bind(user, lease, this.#connectionName(lease), takenOver);
    else if (problem) borrowing.fail(problem);
    else borrowing.rest();
  }

  #inherit({ node, borrowing }: ProfileUser<Session>, parked: ParkedHold, takenOver: boolean): void {
    if (!takenOver) parked.vacate().catch((thrown: unknown) => node.debug(String(thrown)));
    speakThrough(parked.node, node);
    borrowing.inherit(parked.legacy);
  }

  /** A connection that is kept open is opened without waiting for a user; one that was kept, but is no more, is let go. */
  #keepOrNot(): void {
    const { node, pool } = this.#parts;
    if (this.#current instanceof PoolError || !this.#current.keepOpen || !this.#wanted) {
      pool.stopKeeping(node.id);
      return;
    }
    try {
      void this.#leases.acquire({ node, dedicated: false }, this.#current).release();
    } catch (thrown) {
      // Settings that can't work are told by every node that uses them.
      node.debug(PoolError.from(thrown).message);
    }
  }

  async #unbindAll(moving = false): Promise<void> {
    const keep = this.#keeps('disconnected');
    const released: Promise<void>[] = [this.#leases.vacateAll(keep)];
    for (const borrowing of this.#users.keys()) {
      if (!borrowing.lease) continue;
      released.push(this.#leases.unbind(borrowing, { keep, linger: false, moving }));
      borrowing.rest();
    }
    await Promise.all(released);
  }

  /** How long a node that was closed for good keeps its place. */
  get lingerMillis(): number {
    const { pool } = this.#parts;
    return this.#current instanceof PoolError ? pool.lingerMillis : (this.#current.lingerMillis ?? pool.lingerMillis);
  }

  #keeps(when: 'stopped' | 'disconnected'): boolean {
    return !(this.#current instanceof PoolError) && (this.#protocol.keeps?.(this.#current, when) ?? false);
  }

  #connectionName({ address }: Lease<Session>): string {
    if (this.#current instanceof PoolError) return address;
    return this.#protocol.connectionName?.(this.#current, address) ?? address;
  }
}
