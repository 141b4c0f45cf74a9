/**
 * Where the runtime stands between stop and start of its flows. Tells a shutdown (or a stop by the user) from a deploy
 * while nodes are being closed: after a deploy they come back within milliseconds and the connection had better stay
 * open; after a shutdown nobody closes it any more.
 *
 * A deploy replaces the runtime's configuration object before it says `flows:stopping`; a stop says it with the very
 * object the flows were started with.
 */
import type { EventEmitter } from 'node:events';

export interface Shutdown {
  /** True from the moment the flows stop for good until they are started again. */
  readonly underWay: boolean;
  /** True from the moment the flows stop for a deploy until all of its nodes have started. */
  readonly deploying: boolean;
  /** True while the nodes of a start or a deploy are being made: what a node is wired to may not be there yet. */
  readonly starting: boolean;
  /** Calls back when the flows stop, before the first node is closed, and when all nodes of a start or deploy are there. */
  watch(watcher: FlowsWatcher): void;
}

export interface FlowsWatcher {
  stopping?(): void;
  started?(): void;
}

interface FlowsEvent {
  readonly config?: unknown;
  readonly diff?: unknown;
}

const watched = new WeakMap<EventEmitter, Shutdown>();

/** Watches the runtime's events; once per runtime, however often it is called. */
export function watchShutdown(events: EventEmitter): Shutdown {
  const existing = watched.get(events);
  if (existing) return existing;
  const watchers: FlowsWatcher[] = [];
  const shutdown = {
    underWay: false,
    deploying: false,
    starting: false,
    watch: (watcher: FlowsWatcher) => void watchers.push(watcher),
  };
  let running: unknown;
  /** What the start under way is told of itself: a deploy may come before an earlier start has come to its end. */
  let diff: unknown;
  const noteStart = (event?: FlowsEvent) => {
    running = event?.config;
    shutdown.underWay = false;
  };
  events.on('flows:starting', (event?: FlowsEvent) => {
    noteStart(event);
    diff = event?.diff;
    shutdown.starting = true;
  });
  // A shutdown may come before all nodes have started, and then this event is the one that is missing.
  events.on('flows:started', (event?: FlowsEvent) => {
    noteStart(event);
    if (!shutdown.starting || event?.diff !== diff) return;
    shutdown.starting = false;
    shutdown.deploying = false;
    for (const watcher of watchers) watcher.started?.();
  });
  events.on('flows:stopping', (event?: FlowsEvent) => {
    shutdown.underWay = running !== undefined && event?.config === running;
    shutdown.deploying = running !== undefined && !shutdown.underWay;
    // What is about to run counts as running: a deploy that lacks a node type says no more than this.
    running = event?.config;
    shutdown.starting = false;
    for (const watcher of watchers) watcher.stopping?.();
  });
  watched.set(events, shutdown);
  return shutdown;
}
