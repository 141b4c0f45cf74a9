/**
 * Tells editors that have the sidebar open of the pool's connections, each on its own web socket and only what is new to it.
 * Nothing is computed while nobody watches, but for a sample of the counters now and then.
 */
import type { EventEmitter } from 'node:events';
import type { Pool } from '../../core/pool';
import type { AdminRuntime } from '../admin/route';
import { isPlainObject } from '../settings-readers';
import { DetailsBook } from './details';
import { HolderBook } from './holders';
import { LIVE_TOPIC, type LiveMessage } from './live-message';
import { Rows } from './rows';
import { Tickets } from './tickets';
import { SAMPLE_MILLIS, TrafficBook } from './traffic';
import { MOST_OPEN, Watcher } from './watcher';

const TICK_MILLIS = 1000;
/** Changes of state within this time are told of together; where telling takes long, within ten times as long. */
const TOGETHER_MILLIS = 100;
const SHARE_OF_TIME = 0.1;

export interface LiveFeedParts {
  readonly pool: Pool;
  /** Node-RED's own, of which the web sockets of the editors are part. */
  readonly events: EventEmitter;
  readonly nodes: AdminRuntime['nodes'];
  /** How often changes are told of that are no changes of state, in milliseconds. @default 1000 */
  readonly tickMillis?: number;
  /** Told of what should never happen. */
  readonly failed: (thrown: unknown) => void;
}

/** What is kept only while somebody watches. */
interface Watch {
  readonly holders: HolderBook;
  readonly rows: Rows;
  readonly details: DetailsBook;
  readonly stop: () => void;
}

export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #tickets = new Tickets();
  readonly #traffic = new TrafficBook();
  /** By session: one web socket of one editor. */
  readonly #watchers = new Map<string, Watcher>();
  /** Sessions that were told within the last second that they have no ticket. */
  readonly #refused = new Set<string>();
  #watch: Watch | undefined;
  #sampler: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #toldAt = 0;
  /** How long that took. */
  #took = 0;

  readonly #onMessage = (event: unknown) => this.#guard(() => this.#heard(event));
  readonly #onGone = (event: unknown) => this.#guard(() => this.#left(event));
  readonly #onStarted = () => this.#watch?.holders.renamed();

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
  }

  start(): void {
    const { events, pool } = this.#parts;
    events.on(`comms:message:${LIVE_TOPIC}`, this.#onMessage);
    events.on('comms:connection-removed', this.#onGone);
    events.on('flows:started', this.#onStarted);
    this.#traffic.sample(pool.glances(), performance.now());
    this.#sampler = setInterval(() => {
      this.#guard(() => this.#traffic.sample(pool.glances(), performance.now()));
    }, SAMPLE_MILLIS);
    this.#sampler.unref();
  }

  stop(): void {
    const { events } = this.#parts;
    events.off(`comms:message:${LIVE_TOPIC}`, this.#onMessage);
    events.off('comms:connection-removed', this.#onGone);
    events.off('flows:started', this.#onStarted);
    clearInterval(this.#sampler);
    this.#watchers.clear();
    this.#rest();
  }

  ticket(): string {
    return this.#tickets.issue();
  }

  #heard(event: unknown): void {
    if (!isPlainObject(event)) return;
    const { session, data } = event;
    if (typeof session !== 'string' || !isPlainObject(data)) return;
    const now = performance.now();
    const { ticket, open, seen, stop } = data;
    if (typeof ticket === 'string' && this.#tickets.redeem(ticket)) {
      this.#watchers.set(session, new Watcher(now));
      this.#watch ??= this.#begin();
    } else if (ticket !== undefined && stop !== true) {
      this.#watchers.delete(session);
    }
    const watcher = this.#watchers.get(session);
    if (stop === true || !watcher) {
      this.#watchers.delete(session);
      if (stop !== true) this.#refuse(session);
      if (this.#watchers.size === 0) this.#rest();
      return;
    }
    const heard = {
      ...(Array.isArray(open) ? { open: open.slice(-MOST_OPEN) } : {}),
      ...(typeof seen === 'number' ? { seen } : {}),
    };
    if (watcher.hear(heard, now) || ticket !== undefined) this.#tellSoon();
  }

  /** At most once a second: whoever asks for nothing but trouble must not fill the socket's queue. */
  #refuse(session: string): void {
    if (this.#refused.has(session)) return;
    if (this.#refused.size === 0) setTimeout(() => this.#refused.clear(), TICK_MILLIS).unref();
    this.#refused.add(session);
    this.#send(session, { expired: true });
  }

  #left(event: unknown): void {
    if (!isPlainObject(event) || typeof event['session'] !== 'string') return;
    if (this.#watchers.delete(event['session']) && this.#watchers.size === 0) this.#rest();
  }

  #begin(): Watch {
    const { pool, nodes, failed, tickMillis = TICK_MILLIS } = this.#parts;
    const holders = new HolderBook({ nodes });
    const stopListening = pool.onChange(({ change, key }) => {
      if (change === 'state') this.#tellSoon();
      else holders.changed(key);
    });
    const tick = setInterval(() => this.#tell(true), tickMillis);
    tick.unref();
    return {
      holders,
      rows: new Rows(pool, holders, this.#traffic, failed),
      details: new DetailsBook(pool, holders, failed),
      stop: () => {
        stopListening();
        clearInterval(tick);
      },
    };
  }

  /** Nobody watches any more. */
  #rest(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  #tellSoon(): void {
    if (this.#soon) return;
    const pause = Math.min(TICK_MILLIS, Math.max(TOGETHER_MILLIS, this.#took / SHARE_OF_TIME));
    const delay = Math.max(TOGETHER_MILLIS / 5, this.#toldAt + pause - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#tell(false);
    }, delay);
    this.#soon.unref();
  }

  #tell(isTick: boolean): void {
    this.#guard(() => {
      const watch = this.#watch;
      if (!watch) return;
      const { rows, details } = watch;
      const now = performance.now();
      this.#toldAt = now;
      rows.refresh(now, isTick);
      const opened = new Set([...this.#watchers.values()].flatMap(({ open }) => open));
      details.refresh(opened, rows.revision, !isTick);
      for (const [session, watcher] of [...this.#watchers]) {
        this.#guard(() => this.#tellOne(session, watcher, watch, now));
      }
      this.#took = performance.now() - now;
      if (this.#watchers.size === 0) this.#rest();
    });
  }

  #tellOne(session: string, watcher: Watcher, { rows, details }: Watch, now: number): void {
    if (watcher.isLost(now)) {
      this.#watchers.delete(session);
      return this.#send(session, { expired: true });
    }
    const update = watcher.next(rows, details, now);
    if (update) this.#send(session, update);
    if (watcher.hasMore) this.#tellSoon();
  }

  #send(session: string, data: LiveMessage): void {
    this.#parts.events.emit('comms', { topic: LIVE_TOPIC, data, retain: false, session });
  }

  /** All of it is called from events and timers of others. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.#parts.failed(thrown);
    }
  }
}
