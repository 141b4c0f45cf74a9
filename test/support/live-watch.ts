/** A live feed with the events of a Node-RED that isn't there, and editors that watch it. */
import { EventEmitter } from 'node:events';
import type { Pool } from '../../src/core/pool';
import { LiveFeed, type LiveFeedParts } from '../../src/runtime/live/live-feed';
import type { LiveDetails, LiveMessage, LiveRequest, LiveRow, LiveUpdate } from '../../src/runtime/live/live-message';
import type { Teardown } from './teardown';

export const LIVE_TOPIC = 'connection-pool/live';

/** What an editor knows from the updates it got, put together as the sidebar does. */
export class LiveKnowledge {
  readonly updates: LiveUpdate[] = [];
  readonly rows = new Map<string, LiveRow>();
  readonly details = new Map<string, LiveDetails>();
  expired = 0;

  take(message: LiveMessage): void {
    if ('expired' in message) {
      this.expired += 1;
      return;
    }
    this.updates.push(message);
    if (message.full) this.rows.clear();
    for (const row of message.rows) this.rows.set(row.key, { ...historyOf(this.rows.get(row.key)), ...row });
    for (const key of message.gone) this.rows.delete(key);
    for (const details of message.details) this.details.set(details.key, details);
  }
}

function historyOf(row: LiveRow | undefined): Pick<LiveRow, 'history'> {
  return row?.history ? { history: row.history } : {};
}

interface CommsEvent {
  readonly topic: string;
  readonly data: LiveMessage;
  readonly retain: boolean;
  readonly session?: string;
}

export interface WatchedFlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export class LiveWatch {
  readonly events = new EventEmitter();
  readonly feed: LiveFeed;
  readonly failures: unknown[] = [];
  /** What was sent to no session in particular: every editor would see it. */
  readonly broadcasts: CommsEvent[] = [];
  readonly #editors = new Map<string, FakeEditor>();

  constructor(
    teardown: Teardown,
    pool: Pool,
    nodes: readonly WatchedFlowNode[] = [],
    options: Pick<LiveFeedParts, 'tickMillis'> = {},
  ) {
    const runtime = {
      eachNode: (visit: (node: WatchedFlowNode) => void) => {
        for (const node of nodes) visit(node);
      },
      getNode: () => null,
    };
    this.feed = new LiveFeed({
      pool,
      ...options,
      events: this.events,
      nodes: runtime as unknown as LiveFeedParts['nodes'],
      failed: (thrown) => this.failures.push(thrown),
    });
    this.events.on('comms', (event: CommsEvent) => {
      const editor = event.session === undefined ? undefined : this.#editors.get(event.session);
      if (editor) editor.hears(event.data);
      else this.broadcasts.push(event);
    });
    this.feed.start();
    teardown.defer(() => this.feed.stop());
  }

  /** Opens the "web socket" of an editor, without a ticket yet. */
  editor(session: string): FakeEditor {
    const editor = new FakeEditor(session, this.events);
    this.#editors.set(session, editor);
    return editor;
  }

  /** An editor that watches. */
  watching(session: string, request: LiveRequest = {}): FakeEditor {
    const editor = this.editor(session);
    editor.says({ ticket: this.feed.ticket(), ...request });
    return editor;
  }
}

export class FakeEditor {
  readonly known = new LiveKnowledge();
  /** Whether it says that it has seen what it gets. */
  attentive = true;
  readonly #session: string;
  readonly #events: EventEmitter;

  constructor(session: string, events: EventEmitter) {
    this.#session = session;
    this.#events = events;
  }

  hears(message: LiveMessage): void {
    this.known.take(message);
    if ('seq' in message && this.attentive) this.says({ seen: message.seq });
  }

  says(data: unknown): void {
    this.#events.emit(`comms:message:${LIVE_TOPIC}`, { session: this.#session, user: undefined, data });
  }

  leaves(): void {
    this.#events.emit('comms:connection-removed', { session: this.#session });
  }
}
