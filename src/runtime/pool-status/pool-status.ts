/**
 * The node `pool-status`: a message for each change of state of the connections it watches, and on request or at the
 * start for what they are in now. It watches from outside: it holds no connection.
 */
import type { EventEmitter } from 'node:events';
import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { Pool } from '../../core/pool';
import type { PoolChange } from '../../core/pool-changes';
import { type ConnectionSnapshot, type StateSnapshot, stateSnapshot } from '../../core/snapshot';
import { readBoolean, type Settings } from '../settings-readers';
import { StatusLight } from '../status';
import type { Texts } from '../texts';
import type { WatchedProfiles } from './watched-profiles';
import { type ConnectionView, type NamedProfile, type StateMessage, stateMessage } from './state-message';

export interface PoolStatusParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly pool: Pool;
  readonly texts: Texts;
  /** The runtime's events, for `flows:started`. */
  readonly events: EventEmitter;
  /** The profiles whose connections are watched; undefined for all connections. */
  readonly profiles: Pick<WatchedProfiles, 'has'> | undefined;
  /** What the node told before a deploy stopped it, from `close`. */
  readonly before?: ToldStates | undefined;
  /** The name of a node, by its id. */
  nameOf(id: string): string | undefined;
}

type Copy = (message: NodeMessage) => NodeMessage;

/** What was told last of each watched connection, by key. */
export type ToldStates = ReadonlyMap<string, ConnectionView>;

export class PoolStatus {
  readonly #parts: PoolStatusParts;
  readonly #light: StatusLight;
  readonly #told = new Map<string, ConnectionView>();
  readonly #stopWatching: () => void;
  readonly #onStarted = () => this.#begin();
  #started = false;

  constructor(parts: PoolStatusParts) {
    this.#parts = parts;
    this.#light = new StatusLight(parts.node);
    this.#stopWatching = parts.pool.onChange((change) => this.#changed(change));
    // Before that, the nodes behind this one may not be there yet.
    parts.events.once('flows:started', this.#onStarted);
    this.#showSummary();
  }

  /** What the watched connections are in now, in messages made of the one that asks. */
  input(message: NodeMessageInFlow, send: (message: NodeMessage) => void, copy: Copy): void {
    for (const connection of this.#present()) send(Object.assign(copy(message), this.#messageOf(connection)));
    this.#showSummary();
  }

  /** @returns what was told, for the node that takes its place after a deploy */
  close(): ToldStates {
    this.#parts.events.off('flows:started', this.#onStarted);
    this.#stopWatching();
    // Stopped before it could begin: what its forerunner told is still what was told last.
    return this.#started ? this.#told : (this.#parts.before ?? this.#told);
  }

  #begin(): void {
    this.#started = true;
    const { node, settings, pool, before } = this.#parts;
    const tells = readBoolean(settings, 'present', true);
    const { connections } = pool.snapshot();
    const keys = new Set(connections.map(({ key }) => key));
    for (const view of before?.values() ?? []) {
      if (keys.has(view.key)) continue;
      node.send(stateMessage({ ...view, state: { kind: 'closed', since: Date.now() }, references: 0 }));
    }
    const present = new Set(this.#present().map(({ key }) => key));
    // What was told of before and nobody uses any more is about to close.
    const isEnding = ({ key, borrowers }: ConnectionSnapshot) => before?.has(key) && borrowers.length === 0;
    for (const connection of connections.filter((one) => present.has(one.key) || isEnding(one))) {
      const message = this.#messageOf(connection);
      const last = before?.get(connection.key);
      const isNews = before !== undefined && !(last && sameState(last.state, connection.state));
      if (tells || isNews) node.send(message);
    }
    this.#showSummary();
  }

  #changed({ change, key, type, address, state: now, borrowers, borrower }: PoolChange): void {
    if (!this.#started) return;
    const told = this.#told.get(key);
    const { profiles } = this.#parts;
    const joins = change === 'acquired' && (!profiles || profiles.has(borrower?.profile ?? ''));
    if (!told && !joins) return;
    if (change === 'released' && profiles && borrowers.length > 0 && !this.#isWatched(borrowers)) {
      this.#told.delete(key);
      return this.#showSummary();
    }
    const state = stateSnapshot(now);
    // A new connection begins idle and connects at once: only that is news.
    const isNews = told ? !sameState(told.state, state) : state.kind !== 'idle' || state.paused === true;
    const users = this.#named(borrowers.map(({ profile }) => profile));
    const kept = users.length > 0 ? users : (told?.profiles ?? []);
    const view = { key, type, address, state, profiles: kept, references: borrowers.length };
    this.#told.set(key, view);
    if (state.kind === 'closed') this.#told.delete(key);
    if (!isNews) return;
    this.#parts.node.send(stateMessage(view));
    this.#showSummary();
  }

  /** The watched connections as they are now. */
  #present(): ConnectionSnapshot[] {
    const { pool, profiles } = this.#parts;
    const { connections } = pool.snapshot();
    return connections.filter(
      ({ borrowers, keepers }) => this.#isWatched(borrowers) || keepers.some((id) => profiles?.has(id)),
    );
  }

  #isWatched(borrowers: ConnectionSnapshot['borrowers']): boolean {
    const { profiles } = this.#parts;
    return !profiles || borrowers.some(({ profile }) => profile !== undefined && profiles.has(profile));
  }

  #messageOf({ key, type, address, state, borrowers, keepers }: ConnectionSnapshot): StateMessage {
    const profiles = this.#named([...borrowers.map(({ profile }) => profile), ...keepers]);
    const view: ConnectionView = { key, type, address, state, profiles, references: borrowers.length };
    this.#told.set(key, view);
    return stateMessage(view);
  }

  #named(ids: readonly (string | undefined)[]): NamedProfile[] {
    return [...new Set(ids)]
      .filter((id) => id !== undefined)
      .map((id) => {
        const name = this.#parts.nameOf(id);
        return name ? { id, name } : { id };
      });
  }

  #showSummary(): void {
    const { texts } = this.#parts;
    const count = this.#told.size;
    const connected = [...this.#told.values()].filter(({ state }) => state.kind === 'connected').length;
    if (count === 0) return this.#light.show({ fill: 'grey', shape: 'ring', text: texts.text('status.none') });
    const all = connected === count;
    const text = texts.text(all ? 'status.all' : 'status.some', { connected, count });
    this.#light.show({ fill: all ? 'green' : 'red', shape: all ? 'dot' : 'ring', text });
  }
}

function sameState(one: StateSnapshot, other: StateSnapshot): boolean {
  const paused = (state: StateSnapshot) => state.kind === 'idle' && state.paused === true;
  return one.kind === other.kind && one.since === other.since && paused(one) === paused(other);
}
