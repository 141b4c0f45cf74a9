/**
 * What a profile node does: it turns its settings into leases for the flow nodes that use it. The pool decides which of
 * them, of this or any other profile, share one connection.
 *
 * Disconnecting on purpose gives the leases of this profile back rather than closing the connection: when others hold
 * it too, they must not notice; when nobody else does, the pool closes it at once. So "disconnected" is simply a profile
 * without leases, and a profile that doesn't connect by itself begins that way.
 */
import type { Node } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import { PoolError } from '../core/errors';
import type { Lease, LeaseOptions } from '../core/lease';
import type { Pool } from '../core/pool';
import { mqttDriver } from '../drivers/mqtt/mqtt-driver';
import type { MqttSession } from '../drivers/mqtt/session';
import { type BorrowHandlers, Borrowing } from './borrowing';
import { ConnectionLog } from './connection-log';
import { overrideProfile } from './mqtt-profile-overrides';
import {
  type ProfileCredentials,
  type ProfileSettings,
  readProfileSettings,
  type Surroundings,
} from './mqtt-profile-settings';
import { isPlainObject, readBoolean, type Settings } from './settings-readers';
import type { Shutdown } from './shutdown';
import type { Texts } from './texts';

/** What the profile node brings along. */
export interface ProfileNodeParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly credentials: ProfileCredentials;
  readonly surroundings: Surroundings;
  readonly pool: Pool;
  readonly shutdown: Shutdown;
  readonly texts: Texts;
}

interface User {
  readonly node: Node;
  readonly dedicated: boolean;
  readonly borrowing: Borrowing;
}

export class MqttProfileController {
  readonly texts: Texts;
  readonly #parts: ProfileNodeParts;
  readonly #log: ConnectionLog;
  readonly #users = new Map<Borrowing, User>();
  /** How many leases of this profile each connection has, by key. */
  readonly #holds = new Map<string, number>();
  #current: ProfileSettings | PoolError;
  /** Whether this profile is to be connected. */
  #wanted: boolean;
  #settings: Settings;

  constructor(parts: ProfileNodeParts) {
    this.#parts = parts;
    this.texts = parts.texts;
    this.#log = new ConnectionLog(parts.node, parts.texts);
    this.#settings = parts.settings;
    this.#wanted = readBoolean(parts.settings, 'autoConnect', true);
    this.#current = this.#read(parts.settings, parts.credentials);
  }

  /** The settings in force, or why they can't work. */
  get current(): ProfileSettings | PoolError {
    return this.#current;
  }

  /** A hold on the connection for a flow node, until `giveBack`. The handlers are called before this returns. */
  borrow(node: Node, handlers: BorrowHandlers, dedicated = false): Borrowing {
    const user: User = { node, dedicated, borrowing: new Borrowing(handlers) };
    this.#users.set(user.borrowing, user);
    this.#bind(user);
    return user.borrowing;
  }

  /** The end of a borrowing, when its node is closed. */
  async giveBack(borrowing: Borrowing, removed: boolean): Promise<void> {
    this.#users.delete(borrowing);
    const keep = !removed && !(this.#current instanceof PoolError) && !this.#current.autoUnsubscribe;
    await this.#unbind(borrowing, { keep, linger: !this.#parts.shutdown.underWay });
  }

  /**
   * Connects this profile, with other settings if the action brings some.
   *
   * @param overrides `msg.broker`
   * @throws PoolError why it can't, or why the attempt failed (the pool goes on trying then)
   */
  async connect(borrowing: Borrowing, overrides: unknown): Promise<void> {
    if (isPlainObject(overrides)) {
      const kind = borrowing.lease?.state.kind;
      const busy = kind === 'connected' || kind === 'connecting';
      if (busy && !overrides['force']) {
        throw new PoolError('INVALID_ACTION', this.texts.text('errors.already-connected'));
      }
      await this.#unbindAll();
      const { settings, credentials } = overrideProfile(this.#settings, this.#parts.credentials, overrides);
      this.#settings = settings;
      this.#current = this.#read(settings, credentials);
    }
    this.#wanted = true;
    for (const user of this.#users.values()) {
      if (!user.borrowing.lease) this.#bind(user);
    }
    if (borrowing.problem) throw borrowing.problem;
    await borrowing.lease?.connect();
  }

  /** Disconnects the nodes of this profile (also those with a connection of their own), and only them, until a connect action. */
  async disconnect(): Promise<void> {
    this.#wanted = false;
    await this.#unbindAll();
  }

  /** The profile node is closed; its users are too, each by itself. */
  async close(): Promise<void> {
    if (this.#parts.shutdown.underWay) await this.#parts.pool.closeUnused();
  }

  #read(settings: Settings, credentials: ProfileCredentials): ProfileSettings | PoolError {
    try {
      const read = readProfileSettings(settings, credentials, this.#parts.surroundings);
      for (const warning of read.warnings) this.#parts.node.warn(this.texts.text(`errors.${warning}`));
      return read;
    } catch (thrown) {
      return PoolError.from(thrown, 'MQTT_INVALID_PROFILE');
    }
  }

  #bind(user: User): void {
    const { borrowing } = user;
    if (this.#current instanceof PoolError) return borrowing.fail(this.#current);
    if (!this.#wanted) return borrowing.rest();
    let lease: Lease<MqttSession>;
    try {
      lease = this.#acquire(user, this.#current);
    } catch (thrown) {
      return borrowing.fail(PoolError.from(thrown));
    }
    this.#holds.set(lease.key, (this.#holds.get(lease.key) ?? 0) + 1);
    const broker = this.#brokerName(lease);
    borrowing.bind(lease, (state: ConnectionState) => this.#log.enter(lease.key, broker, state));
  }

  #acquire({ node, dedicated }: User, current: ProfileSettings): Lease<MqttSession> {
    const { id, type, name, z } = node;
    const borrower = { id, type, ...(name ? { name } : {}), ...(z ? { flow: z } : {}) };
    const { queue, lingerMillis } = current;
    const options: LeaseOptions = { dedicated, queue, ...(lingerMillis === undefined ? {} : { lingerMillis }) };
    return this.#parts.pool.acquire(mqttDriver, current.profile, borrower, options);
  }

  async #unbind(borrowing: Borrowing, options: { readonly keep: boolean; readonly linger: boolean }): Promise<void> {
    const { lease } = borrowing;
    if (!lease) return;
    const holds = (this.#holds.get(lease.key) ?? 1) - 1;
    this.#holds.set(lease.key, holds);
    const released = borrowing.unbind(options);
    if (holds === 0 && !options.linger) this.#log.leave(lease.key, this.#brokerName(lease));
    await released;
  }

  async #unbindAll(): Promise<void> {
    // The broker keeps the subscriptions of a persistent session over a disconnection: that is what it is for.
    const keep = !(this.#current instanceof PoolError) && this.#current.profile.cleanSession === false;
    const released: Promise<void>[] = [];
    for (const borrowing of this.#users.keys()) {
      if (!borrowing.lease) continue;
      released.push(this.#unbind(borrowing, { keep, linger: false }));
      borrowing.rest();
    }
    await Promise.all(released);
  }

  #brokerName(lease: Lease<MqttSession>): string {
    const clientId = this.#current instanceof PoolError ? undefined : this.#current.profile.clientId;
    return clientId ? `${clientId}@${lease.address}` : lease.address;
  }
}
