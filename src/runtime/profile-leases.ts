/**
 * The leases of one profile: acquired for its users or taken over from their predecessors, logged by connection, given
 * back, or kept for whoever comes in a closed node's place.
 */
import type { Node } from 'node-red';
import type { DriverSession } from '../core/driver';
import type { Borrower, Lease, LeaseOptions } from '../core/lease';
import type { Borrowing, UnbindOptions } from './borrowing';
import { ConnectionLog } from './connection-log';
import { type HandOver, handOverOf, type ParkedHold } from './hand-over/hand-over';
import { stableKey } from './hand-over/stable-key';
import type { CurrentSettings, ProfileParts, ProfileProtocol } from './profile-protocol';

/** A flow node that uses the profile. */
export interface ProfileUser<Session extends DriverSession> {
  readonly node: Node;
  readonly dedicated: boolean;
  readonly borrowing: Borrowing<Session>;
}

/** A parked hold whose lease is to be had. */
interface ParkedLease<Session extends DriverSession> extends ParkedHold {
  /** The lease, if there is one; the hold is without it afterwards. */
  surrender(): Lease<Session> | undefined;
  readonly identity: string | undefined;
  readonly rivalry: string | undefined;
  readonly keeps: KeepRules;
}

/** How the node was closed, and whether its subscriptions stay at the server. */
export interface KeepRules {
  /** The node was deleted or disabled. */
  readonly removed: boolean;
  /** When the node is closed and doesn't come back. */
  readonly stopped: boolean;
  /** When the same client connects anew. */
  readonly disconnected: boolean;
}

export class ProfileLeases<Profile, Session extends DriverSession, Current extends CurrentSettings<Profile>> {
  readonly handOver: HandOver;
  readonly #parts: ProfileParts;
  readonly #protocol: ProfileProtocol<Profile, Session, Current>;
  readonly #log: ConnectionLog;
  /** How many leases of this profile each connection has, by key. */
  readonly #holds = new Map<string, number>();
  /** How the log calls each connection, by key. */
  readonly #names = new Map<string, string>();

  constructor(parts: ProfileParts, protocol: ProfileProtocol<Profile, Session, Current>) {
    this.#parts = parts;
    this.#protocol = protocol;
    this.#log = new ConnectionLog(parts.node, parts.texts);
    this.handOver = handOverOf(parts.shutdown);
  }

  borrower({ id, type, name, z }: Node): Borrower {
    const profile = this.#parts.node.id;
    return { id, type, profile, ...(name ? { name } : {}), ...(z ? { flow: z } : {}) };
  }

  /** @throws PoolError as the pool does */
  acquire(user: Pick<ProfileUser<Session>, 'node' | 'dedicated'>, current: Current): Lease<Session> {
    const { pool } = this.#parts;
    return pool.acquire(this.#protocol.driver, current.profile, this.borrower(user.node), this.#options(user, current));
  }

  /**
   * The lease of the node's predecessor, if it is on the connection the user is to have. If not, the old connection is
   * given back: at once, and by all who may come back to it, if the new one makes the same claim (a client id).
   *
   * @throws PoolError as the pool does
   */
  takeOver(user: ProfileUser<Session>, current: Current, parked: ParkedHold): Lease<Session> | undefined {
    const { key } = parked;
    if (key === undefined) return undefined;
    const borrower = this.borrower(user.node);
    const options = this.#options(user, current);
    const { profile } = current;
    const destination = this.#parts.pool.destination(this.#protocol.driver, profile, borrower, options);
    if (key === destination.key && isParkedLease<Session>(parked)) {
      const lease = parked.surrender();
      const { lingerMillis = this.#parts.pool.lingerMillis, queue } = options;
      lease?.handTo(borrower, { lingerMillis, ...(queue ? { queue } : {}) });
      return lease;
    }
    if (!isParkedLease(parked)) return undefined;
    const same = parked.identity !== undefined && parked.identity === destination.identity;
    const rivals = parked.rivalry !== undefined && parked.rivalry === destination.rivalry;
    const keep = same ? parked.keeps.disconnected : parked.keeps.stopped;
    if (rivals) this.#ignore(this.handOver.vacate((hold) => hold.key === key, keep));
    // What another client, or another broker, is to do leaves nothing behind unless the profile says so.
    this.#ignore(parked.vacate(keep));
    return undefined;
  }

  /** @param name how the log calls the connection */
  bind({ borrowing }: ProfileUser<Session>, lease: Lease<Session>, name: string, takenOver: boolean): void {
    const { key } = lease;
    this.#holds.set(key, (this.#holds.get(key) ?? 0) + 1);
    this.#names.set(key, name);
    if (takenOver) this.#log.goOn(key, lease.state);
    borrowing.bind(lease, (state) => this.#log.enter(key, name, state));
  }

  async unbind(borrowing: Borrowing<Session>, options: UnbindOptions): Promise<void> {
    const { lease } = borrowing;
    if (!lease) return;
    const holds = this.#forget(lease.key);
    const released = borrowing.unbind(options);
    if (holds === 0 && !options.linger) {
      const goesOn = this.#parts.pool.glance(lease.key)?.state.kind === 'connected';
      this.#log.leave(lease.key, this.#names.get(lease.key) ?? lease.address, goesOn);
    }
    await released;
  }

  /** Keeps the hold of a closed node for its successor; false if there is none to be expected. */
  park({ node, borrowing }: ProfileUser<Session>, lingerMillis: number, keeps: KeepRules): boolean {
    if (!this.handOver.mayComeBack(lingerMillis)) return false;
    const legacy = borrowing.park(keeps.removed);
    if (!legacy) return false;
    const hold: ParkedLease<Session> = {
      node,
      profile: this.#parts.node.id,
      legacy,
      lingerMillis,
      keeps,
      removed: keeps.removed,
      get key() {
        const { lease } = borrowing;
        return lease && lease.state.kind !== 'closing' && lease.state.kind !== 'closed' ? lease.key : undefined;
      },
      get identity() {
        return borrowing.lease?.identity;
      },
      get rivalry() {
        return borrowing.lease?.rivalry;
      },
      surrender: () => {
        const { lease } = borrowing;
        if (lease) this.#forget(lease.key);
        borrowing.surrender();
        return lease;
      },
      vacate: (keep = keeps.disconnected) => this.unbind(borrowing, { keep, linger: false, moving: true }),
      end: async () => {
        const released = this.unbind(borrowing, { keep: keeps.stopped, linger: false });
        legacy.end();
        await released;
      },
    };
    this.handOver.park(hold);
    return true;
  }

  /** Nodes of this profile that may come back won't find its connection any more. */
  vacateAll(keep: boolean): Promise<void> {
    return this.handOver.vacate(({ profile }) => profile === this.#parts.node.id, keep);
  }

  #ignore(work: Promise<void>): void {
    work.catch((thrown: unknown) => this.#parts.node.debug(String(thrown)));
  }

  /** Returns how many are left. */
  #forget(key: string): number {
    const holds = (this.#holds.get(key) ?? 1) - 1;
    if (holds > 0) this.#holds.set(key, holds);
    else this.#holds.delete(key);
    return holds;
  }

  #options({ node, dedicated }: Pick<ProfileUser<Session>, 'node' | 'dedicated'>, current: Current): LeaseOptions {
    const { queue, lingerMillis, keepOpen = false } = current;
    const linger = lingerMillis === undefined ? {} : { lingerMillis };
    return { dedicated, dedicatedTo: stableKey(node), queue, keepOpen, ...linger };
  }
}

function isParkedLease<Session extends DriverSession>(hold: ParkedHold): hold is ParkedLease<Session> {
  return 'surrender' in hold;
}
