/**
 * What a profile node of any protocol does: it turns its settings into leases for the flow nodes that use it. The pool
 * decides which of them, of this or any other profile, share one connection.
 *
 * Disconnecting on purpose gives the leases of this profile back rather than closing the connection: when others hold
 * it too, they must not notice; when nobody else does, the pool closes it at once. So "disconnected" is simply a profile
 * without leases, and a profile that doesn't connect by itself begins that way.
 */
import type { Node } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import type { Driver, DriverSession } from '../core/driver';
import { PoolError } from '../core/errors';
import type { Borrower, Lease, LeaseOptions } from '../core/lease';
import type { Pool } from '../core/pool';
import { type BorrowHandlers, Borrowing, type UnbindOptions } from './borrowing';
import { ConnectionLog } from './connection-log';
import type { LeaseSettings } from './lease-settings';
import type { GivenSettings, NamedReference } from './named-reference';
import { hasSameIdentity, isSameConnection } from './same-connection';
import { isPlainObject, readBoolean, type Settings } from './settings-readers';
import type { Shutdown } from './shutdown';
import type { Texts } from './texts';

/** What a profile node of any protocol brings along. */
export interface ProfileParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly pool: Pool;
  readonly shutdown: Shutdown;
  readonly texts: Texts;
  /** Set when the node names a profile: then its own settings don't count. */
  readonly named?: NamedReference | undefined;
}

/** A profile's settings in force. */
export interface CurrentSettings<Profile> extends LeaseSettings {
  readonly profile: Profile;
  /** Things that work, but not as the profile says. Keys of the catalogue, under `errors`. */
  readonly warnings: readonly string[];
}

/** What differs from protocol to protocol. */
export interface ProfileProtocol<Profile, Session extends DriverSession, Current extends CurrentSettings<Profile>> {
  readonly driver: Driver<Profile, Session>;
  /** The code of settings that can't work. */
  readonly invalidCode: string;
  /** The property of a connect action's message that brings other settings. */
  readonly overridesField: string;
  /**
   * @param named the settings of a named profile, in the place of the node's own
   * @throws PoolError naming the field
   */
  read(named?: GivenSettings): Current;
  /** Settings from a connect action, for `read` from now on. */
  override(overrides: Settings, named?: GivenSettings): void;
  /** The named profile is another one now: overrides no longer count. */
  reset?(): void;
  /** Whether the server keeps the subscriptions of a node that stops, or of a profile that disconnects. */
  keeps?(current: Current, when: 'stopped' | 'disconnected'): boolean;
  /** How the log calls the connection. @default its address */
  connectionName?(current: Current, address: string): string;
}

/** The part of a profile that actions of messages need. */
export interface ConnectionActions<Session extends DriverSession> {
  readonly overridesField: string;
  connect(borrowing: Borrowing<Session>, overrides: unknown): Promise<void>;
  disconnect(): Promise<void>;
}

interface User<Session extends DriverSession> {
  readonly node: Node;
  readonly dedicated: boolean;
  readonly borrowing: Borrowing<Session>;
}

export class ProfileController<Profile, Session extends DriverSession, Current extends CurrentSettings<Profile>>
  implements ConnectionActions<Session>
{
  readonly texts: Texts;
  readonly #parts: ProfileParts;
  readonly #protocol: ProfileProtocol<Profile, Session, Current>;
  readonly #log: ConnectionLog;
  readonly #users = new Map<Borrowing<Session>, User<Session>>();
  /** How many leases of this profile each connection has, by key. */
  readonly #holds = new Map<string, number>();
  #current: Current | PoolError;
  /** Whether this profile is to be connected. */
  #wanted: boolean;
  /** A connect or disconnect action has had its say in that. */
  #told = false;
  /** Another connection is about to take over. */
  #moving = false;
  readonly #afterStart: NodeJS.Immediate;

  constructor(parts: ProfileParts, protocol: ProfileProtocol<Profile, Session, Current>) {
    this.#parts = parts;
    this.#protocol = protocol;
    this.texts = parts.texts;
    this.#log = new ConnectionLog(parts.node, parts.texts);
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

  get overridesField(): string {
    return this.#protocol.overridesField;
  }

  /** The flow nodes that use this profile now. */
  get borrowers(): readonly Borrower[] {
    return [...this.#users.values()].map(({ node }) => this.#borrower(node));
  }

  /** A hold on the connection for a flow node, until `giveBack`. The handlers are called before this returns. */
  borrow(node: Node, handlers: BorrowHandlers<Session>, dedicated = false): Borrowing<Session> {
    const user = { node, dedicated, borrowing: new Borrowing(handlers) };
    this.#users.set(user.borrowing, user);
    this.#bind(user);
    return user.borrowing;
  }

  /** The end of a borrowing, when its node is closed; `linger` false closes a connection of its own at once. */
  async giveBack(borrowing: Borrowing<Session>, removed: boolean, linger = true): Promise<void> {
    this.#users.delete(borrowing);
    await this.#unbind(borrowing, {
      keep: !removed && this.#keeps('stopped'),
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
      await this.#unbindAll();
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
    this.#parts.named?.release();
    if (removed) this.#parts.pool.stopKeeping(this.#parts.node.id);
    if (this.#parts.shutdown.underWay) await this.#parts.pool.closeUnused();
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
    const keep = hasSameIdentity(this.#protocol.driver, before, now) && this.#keeps('disconnected');
    for (const borrowing of this.#users.keys()) {
      this.#unbind(borrowing, { keep, linger: false, moving: true }).catch((thrown: unknown) =>
        this.#parts.node.warn(PoolError.from(thrown).message),
      );
    }
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

  #bind(user: User<Session>): void {
    const { borrowing } = user;
    if (this.#current instanceof PoolError) return borrowing.fail(this.#current);
    if (!this.#wanted) return borrowing.rest();
    let lease: Lease<Session>;
    try {
      lease = this.#acquire(user, this.#current);
    } catch (thrown) {
      return borrowing.fail(PoolError.from(thrown));
    }
    this.#holds.set(lease.key, (this.#holds.get(lease.key) ?? 0) + 1);
    const name = this.#connectionName(lease);
    borrowing.bind(lease, (state: ConnectionState) => this.#log.enter(lease.key, name, state));
  }

  #acquire({ node, dedicated }: Pick<User<Session>, 'node' | 'dedicated'>, current: Current): Lease<Session> {
    const { queue, lingerMillis, keepOpen = false } = current;
    const linger = lingerMillis === undefined ? {} : { lingerMillis };
    const options: LeaseOptions = { dedicated, queue, keepOpen, ...linger };
    return this.#parts.pool.acquire(this.#protocol.driver, current.profile, this.#borrower(node), options);
  }

  #borrower({ id, type, name, z }: Node): Borrower {
    const profile = this.#parts.node.id;
    return { id, type, profile, ...(name ? { name } : {}), ...(z ? { flow: z } : {}) };
  }

  /** A connection that is kept open is opened without waiting for a user; one that was kept, but is no more, is let go. */
  #keepOrNot(): void {
    const { node, pool } = this.#parts;
    if (this.#current instanceof PoolError || !this.#current.keepOpen || !this.#wanted) {
      pool.stopKeeping(node.id);
      return;
    }
    try {
      void this.#acquire({ node, dedicated: false }, this.#current).release();
    } catch (thrown) {
      // Settings that can't work are told by every node that uses them.
      node.debug(PoolError.from(thrown).message);
    }
  }

  async #unbind(borrowing: Borrowing<Session>, options: UnbindOptions): Promise<void> {
    const { lease } = borrowing;
    if (!lease) return;
    const holds = (this.#holds.get(lease.key) ?? 1) - 1;
    this.#holds.set(lease.key, holds);
    const released = borrowing.unbind(options);
    if (holds === 0 && !options.linger) this.#log.leave(lease.key, this.#connectionName(lease));
    await released;
  }

  async #unbindAll(): Promise<void> {
    const keep = this.#keeps('disconnected');
    const released: Promise<void>[] = [];
    for (const borrowing of this.#users.keys()) {
      if (!borrowing.lease) continue;
      released.push(this.#unbind(borrowing, { keep, linger: false }));
      borrowing.rest();
    }
    await Promise.all(released);
  }

  #keeps(when: 'stopped' | 'disconnected'): boolean {
    return !(this.#current instanceof PoolError) && (this.#protocol.keeps?.(this.#current, when) ?? false);
  }

  #connectionName({ address }: Lease<Session>): string {
    if (this.#current instanceof PoolError) return address;
    return this.#protocol.connectionName?.(this.#current, address) ?? address;
  }
}
