/** Node statuses: the state of a connection in the words and colours Node-RED users know, with reason and time. */
import type { Node, NodeStatus } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import type { PoolError } from '../core/errors';
import type { Texts } from './texts';

/** The status of a node on a connection in this state; undefined is: disconnected on purpose. */
export function connectionStatus(state: ConnectionState | undefined, texts: Texts): NodeStatus {
  switch (state?.kind) {
    case 'connected':
      return { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' };
    case 'connecting':
      return { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' };
    case 'waiting':
      return { fill: 'red', shape: 'ring', text: texts.text('status.waiting', failure(state, texts)) };
    case 'refused':
      return { fill: 'red', shape: 'dot', text: texts.text('status.refused', failure(state, texts)) };
    case 'idle':
      if (state.paused) return { fill: 'grey', shape: 'ring', text: texts.find('status.paused') ?? 'paused' };
      return { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' };
    case 'closing':
    case 'closed':
    case undefined:
      return { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' };
  }
}

/** The same after the number of messages that wait to be sent, which a long reason must not push out of sight. */
export function queueingStatus(state: ConnectionState | undefined, queued: number, texts: Texts): NodeStatus {
  const status = connectionStatus(state, texts);
  if (queued === 0 || state?.kind === 'connected') return status;
  // The catalogue's own words can't be part of a longer text: the editor translates them only when they stand alone.
  const plain = status.text?.startsWith('node-red:')
    ? texts.text(state?.kind === 'connecting' ? 'status.connecting' : 'status.disconnected')
    : (status.text ?? '');
  return { ...status, text: texts.text('status.queued', { status: plain, count: queued }) };
}

/** Something only this node is concerned by: its settings, its filter. */
export function problemStatus(error: PoolError, texts: Texts): NodeStatus {
  return { fill: 'red', shape: 'dot', text: reasonOf(error, texts) };
}

export function refusedFilterStatus(filter: string, error: PoolError, texts: Texts): NodeStatus {
  const text = texts.text('status.filter-refused', { filter, reason: reasonOf(error, texts) });
  return { fill: 'red', shape: 'dot', text };
}

/** Why, in a few words: by the cause the system gives (host not found, …), else by the error's code, else its message. */
export function reasonOf(error: PoolError, texts: Texts): string {
  const systemCode = codeOf(error.cause);
  return (
    (systemCode && texts.find(`status.reasons.${systemCode}`)) ||
    texts.find(`status.reasons.${error.code}`) ||
    error.message
  );
}

/** Shows statuses on a node, each only once in a row. */
export class StatusLight {
  readonly #node: Node;
  #shown: NodeStatus = {};

  constructor(node: Node) {
    this.#node = node;
  }

  show(status: NodeStatus): void {
    const { fill, shape, text } = this.#shown;
    if (fill === status.fill && shape === status.shape && text === status.text) return;
    this.#shown = status;
    this.#node.status(status);
  }
}

function failure(state: { readonly error: PoolError; readonly nextAttemptAt: number }, texts: Texts) {
  return { reason: reasonOf(state.error, texts), time: new Date(state.nextAttemptAt).toTimeString().slice(0, 8) };
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
