/**
 * Tells readers that their stream may have something new: by the doorbell where the server speaks RESP3, otherwise by
 * looking 20 times a second over the command socket, all streams in one command (in a cluster: one write).
 */
import type { ConnectionParts } from '../connection-part';
import { Doorbell } from './doorbell';
import { ArmedWatches, type StreamWatch } from './stream-watch';

const POLL_MILLIS = 50;

export class StreamBell {
  readonly #parts: ConnectionParts;
  readonly #armed = new ArmedWatches();
  /** Looked after one by one: these are not asked about together, or not without their entries. */
  readonly #polled = new Set<StreamWatch>();
  readonly #doorbell: Doorbell;
  #leaveSocket: (() => void) | undefined;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#doorbell = new Doorbell(parts, this.#armed, () => this.#poll());
    parts.sockets.events.interrupt = () => this.#doorbell.interrupt();
  }

  /** One more reader, or one less: the event socket stays open while there are any. */
  count(change: 1 | -1): void {
    this.#users += change;
    this.#wantSocket();
  }

  connected(): void {
    this.#wantSocket();
    this.#poll();
  }

  lost(): void {
    this.#armed.takeAll();
    this.#polled.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Has `ring` of the watch called once, when there may be an entry after its last one. */
  arm(watch: StreamWatch): void {
    if (watch.polled || this.#parts.server?.mode === 'cluster') {
      this.#polled.add(watch);
      this.#doorbell.forget(watch);
    } else {
      this.#armed.add(watch);
      this.#doorbell.armed(watch);
    }
    this.#poll();
  }

  disarm(watch: StreamWatch): void {
    this.#polled.delete(watch);
    this.#armed.delete(watch);
  }

  /** The reader ends. */
  forget(watch: StreamWatch): void {
    this.disarm(watch);
    this.#doorbell.forget(watch);
  }

  #wantSocket(): void {
    const { server, sockets } = this.#parts;
    if (server === undefined && this.#users > 0) return;
    const wanted = this.#users > 0 && server?.protocol === 3 && server.mode !== 'cluster';
    if (wanted && !this.#leaveSocket) {
      this.#leaveSocket = sockets.events.want(this.#doorbell);
    } else if (!wanted && this.#leaveSocket) {
      this.#leaveSocket();
      this.#leaveSocket = undefined;
      this.#doorbell.interrupt();
    }
  }

  #poll(): void {
    if (this.#timer || this.#looking || !this.#parts.server) return;
    if (this.#polled.size === 0 && (this.#armed.size === 0 || this.#doorbell.rings)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, POLL_MILLIS).unref();
  }

  async #look(): Promise<void> {
    const rung = [...this.#polled];
    this.#polled.clear();
    for (const watch of rung) watch.ring();
    if (this.#armed.size > 0 && !this.#doorbell.rings) await this.#ask();
    this.#poll();
  }

  async #ask(): Promise<void> {
    this.#looking = true;
    let watches: StreamWatch[];
    try {
      watches = this.#armed.takeRung(await this.#parts.run('XREAD', ...this.#armed.readArguments()));
    } catch {
      // One of the keys can't be read: each reader finds out for itself.
      watches = this.#armed.takeAll();
    }
    this.#looking = false;
    for (const watch of watches) watch.ring();
  }
}
