/** Log lines of a profile node about its connections: what happened, once, in plain words; not every attempt. */
import type { Node } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import type { Texts } from './texts';

interface Logged {
  state: ConnectionState;
  connected: boolean;
  connectedAt: number;
  /** Codes told since it was last connected for long. */
  readonly told: Set<string>;
}

const STABLE_MILLIS = 30_000;

export class ConnectionLog {
  readonly #node: Node;
  readonly #texts: Texts;
  readonly #connections = new Map<string, Logged>();

  constructor(node: Node, texts: Texts) {
    this.#node = node;
    this.#texts = texts;
  }

  /**
   * To be told every state by every borrower: the state is one object for all of them, so repetitions are recognised.
   *
   * @param key the connection's key: a profile has several when nodes have dedicated connections
   * @param server how the connection is called in the log
   */
  enter(key: string, server: string, state: ConnectionState): void {
    const logged = this.#connections.get(key);
    if (logged?.state === state) return;
    const now: Logged = logged ?? { state, connected: false, connectedAt: 0, told: new Set() };
    now.state = state;
    this.#connections.set(key, now);
    if (state.kind === 'connected') {
      now.connected = true;
      now.connectedAt = state.since;
      this.#node.log(this.#texts.text('status.log.connected', { server }));
      return;
    }
    if (now.connected) {
      now.connected = false;
      // What comes back after a connection that held is news; what goes on is not.
      if (state.since - now.connectedAt >= STABLE_MILLIS) now.told.clear();
      this.#node.log(this.#texts.text('status.log.disconnected', { server }));
    }
    if (state.kind !== 'waiting' && state.kind !== 'refused') return;
    const { error } = state;
    if (now.told.has(error.code)) return;
    now.told.add(error.code);
    const line = this.#texts.text('status.log.failed', { reason: error.message, code: error.code });
    if (state.kind === 'refused') this.#node.error(line);
    else this.#node.warn(line);
  }

  /** The connection goes on as it was for the profile before: that is no news. */
  goOn(key: string, state: ConnectionState): void {
    if (this.#connections.has(key)) return;
    const connected = state.kind === 'connected';
    this.#connections.set(key, { state, connected, connectedAt: connected ? state.since : 0, told: new Set() });
  }

  /**
   * The profile gave its last hold on a connection back on purpose.
   *
   * @param goesOn the connection stays up, because others use it
   */
  leave(key: string, server: string, goesOn: boolean): void {
    const logged = this.#connections.get(key);
    this.#connections.delete(key);
    if (!logged?.connected) return;
    this.#node.log(this.#texts.text(goesOn ? 'status.log.left' : 'status.log.disconnected', { server }));
  }
}
