/** Who holds each connection, as people know them; found out again only when leases or the flows have changed. */
import type { ConnectionGlance } from '../../core/snapshot';
import { type UserView, userView } from '../admin/connection-view';
import { FlowNames } from '../admin/flow-names';
import type { AdminRuntime } from '../admin/route';
import { clip } from './clip';
import type { LiveRow } from './live-message';

/** Nodes in the details of one connection, at most. */
export const MOST_NODES = 5000;

/** Profiles in a row, at most: it is sent whole with every change. */
const MOST_PROFILES = 20;

export interface Holders {
  /** `MOST_PROFILES` at most. */
  readonly profiles: LiveRow['profiles'];
  readonly moreProfiles: number;
  /** The ids of profiles that hold it themselves, because their outboxes send over it. */
  readonly outboxes: readonly string[];
  /** How many wish to keep it open. */
  readonly keepers: number;
}

export class HolderBook {
  readonly #nodes: Pick<AdminRuntime, 'nodes'>;
  readonly #holders = new Map<string, Holders>();
  readonly #users = new Map<string, readonly UserView[]>();
  #names: FlowNames | undefined;

  constructor(nodes: Pick<AdminRuntime, 'nodes'>) {
    this.#nodes = nodes;
  }

  /** Of a connection; with the same profiles as long as nothing changes. */
  of(connection: Pick<ConnectionGlance, 'key' | 'borrowers' | 'settings'>): Holders {
    const { key } = connection;
    const keepers = connection.settings.keepers();
    const known = this.#holders.get(key);
    if (known?.keepers === keepers.length) return known;
    const profiles = new Set<string>(keepers);
    const outboxes: string[] = [];
    for (const { id, profile } of connection.borrowers) {
      if (profile !== undefined) profiles.add(profile);
      if (id === profile) outboxes.push(id);
    }
    const holders = {
      profiles: [...profiles].slice(0, MOST_PROFILES).map((id) => this.profile(id)),
      moreProfiles: Math.max(0, profiles.size - MOST_PROFILES),
      outboxes,
      keepers: keepers.length,
    };
    this.#holders.set(key, holders);
    return holders;
  }

  /** The nodes of a connection, `MOST_NODES` at most; the same array as long as nothing changes. */
  users(connection: Pick<ConnectionGlance, 'key' | 'borrowers'>): readonly UserView[] {
    const { key } = connection;
    const known = this.#users.get(key);
    if (known) return known;
    const names = this.#flowNames();
    const nodes = connection.borrowers.filter(({ id, profile }) => id !== profile);
    const users = nodes.slice(0, MOST_NODES).map((borrower) => clipped(userView(borrower, names)));
    this.#users.set(key, users);
    return users;
  }

  profile(id: string): { readonly id: string; readonly name?: string } {
    const name = this.#flowNames().node(id)?.name;
    return name ? { id, name: clip(name) } : { id };
  }

  /** Leases of a connection have come or gone. */
  changed(key: string): void {
    this.#holders.delete(key);
    this.#users.delete(key);
  }

  /** The flows are other ones. */
  renamed(): void {
    this.#names = undefined;
    this.#holders.clear();
    this.#users.clear();
  }

  #flowNames(): FlowNames {
    this.#names ??= new FlowNames(this.#nodes);
    return this.#names;
  }
}

function clipped(view: UserView): UserView {
  const { name = '', flow, profile } = view;
  return {
    ...view,
    ...(name ? { name: clip(name) } : {}),
    ...(flow?.label ? { flow: { ...flow, label: clip(flow.label) } } : {}),
    ...(profile?.name ? { profile: { ...profile, name: clip(profile.name) } } : {}),
  };
}
