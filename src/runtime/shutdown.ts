/**
 * Tells a shutdown (or a stop by the user) from a deploy while nodes are being closed: after a deploy they come back
 * within milliseconds and the connection had better stay open; after a shutdown nobody closes it any more.
 *
 * A deploy replaces the runtime's configuration object before it says `flows:stopping`; a stop says it with the very
 * object the flows were started with.
 */
import type { EventEmitter } from 'node:events';

export interface Shutdown {
  /** True from the moment the flows stop for good until they are started again. */
  readonly underWay: boolean;
}

interface FlowsEvent {
  readonly config?: unknown;
}

const watched = new WeakMap<EventEmitter, Shutdown>();

/** Watches the runtime's events; once per runtime, however often it is called. */
export function watchShutdown(events: EventEmitter): Shutdown {
  const existing = watched.get(events);
  if (existing) return existing;
  const shutdown = { underWay: false };
  let running: unknown;
  const started = (event?: FlowsEvent) => {
    running = event?.config;
    shutdown.underWay = false;
  };
  // Both: `flows:started` comes only after all nodes have started, and a shutdown may come before.
  events.on('flows:starting', started);
  events.on('flows:started', started);
  events.on('flows:stopping', (event?: FlowsEvent) => {
    shutdown.underWay = running !== undefined && event?.config === running;
  });
  watched.set(events, shutdown);
  return shutdown;
}
