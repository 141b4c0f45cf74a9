/**
 * All reliable lists of one connection, on its command socket: there is no command that waits for several lists and
 * moves rather than pops. So empty lists are looked at every 10 ms after the last item, and ever more rarely down to
 * every 100 ms: an item that comes after a pause arrives up to 100 ms late. While items come, batches follow each other
 * without a pause. A look at any number of lists is one EXISTS, so that 100 idle readers cost ten commands a second.
 *
 * An item settled as `failed` stays in the processing list; it is delivered again when the connection was lost and is
 * back, and at the next start of its reader.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PoolError } from '../../../core/errors';
import type { ConnectionPart, ConnectionParts } from '../connection-part';
import type { CountedReader, ReadHandlers, RedisReader, ReliableListRequest } from '../reading';
import { ItemMover } from './item-mover';
import { ReliableReader } from './reliable-reader';
import { t } from '../../../core/wording';

const SOON_MILLIS = 10;
const LATER_MILLIS = 100;
const CLOSE_PATIENCE_MILLIS = 900;

export class ReliableLists implements ConnectionPart {
  readonly #parts: ConnectionParts;
  readonly #mover: ItemMover;
  readonly #readers = new Set<ReliableReader>();
  #online = false;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #pauseMillis = SOON_MILLIS;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#mover = new ItemMover(parts);
  }

  /** @throws PoolError `REDIS_INVALID_ARGUMENT`; also when another reader has the same processing list */
  add(request: ReliableListRequest, handlers: ReadHandlers): RedisReader {
    for (const other of [...this.#readers]) {
      if (other.request.processingKey !== request.processingKey) continue;
      if (other.closed) {
        other.retire();
      } else {
        const message = t`The processing list ${request.processingKey} belongs to another reader already; give each its own.`;
        throw new PoolError('REDIS_INVALID_ARGUMENT', message);
      }
    }
    const reader = new ReliableReader(request, handlers, this.#parts, this.#mover, {
      active: () => this.#soon(),
      drained: (drained) => this.#readers.delete(drained),
    });
    this.#readers.add(reader);
    if (this.#online) {
      // In the next turn, when the caller has the reader.
      queueMicrotask(() => {
        if (this.#online) reader.connected();
      });
      this.#plan();
    }
    return reader;
  }

  get readers(): Iterable<CountedReader> {
    return this.#readers;
  }

  connected(): void {
    this.#online = true;
    for (const reader of this.#readers) reader.connected();
    this.#soon();
  }

  lost(): void {
    this.#online = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const reader of this.#readers) reader.lost();
  }

  async close(): Promise<void> {
    const closed = Promise.all([...this.#readers].map((reader) => reader.close()));
    await Promise.race([closed, delay(CLOSE_PATIENCE_MILLIS, undefined, { ref: false })]);
    this.#online = false;
    clearTimeout(this.#timer);
    for (const reader of this.#readers) reader.abandon();
    this.#readers.clear();
  }

  #soon(): void {
    if (this.#pauseMillis > SOON_MILLIS) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#pauseMillis = SOON_MILLIS;
    this.#plan();
  }

  #plan(): void {
    if (this.#timer || this.#looking || !this.#online || this.#readers.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#look().catch((thrown: unknown) => this.#parts.warn(PoolError.from(thrown)));
    }, this.#pauseMillis);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#looking = true;
    const idle = [...this.#readers].filter((reader) => reader.idle);
    if (idle.length > 0 && (await this.#mayHaveItems(idle))) {
      for (const reader of idle) if (reader.idle) reader.poll();
    }
    this.#looking = false;
    this.#pauseMillis = Math.min(2 * this.#pauseMillis, LATER_MILLIS);
    this.#plan();
  }

  async #mayHaveItems(readers: readonly ReliableReader[]): Promise<boolean> {
    // In a cluster the keys are on several nodes; a single one may as well be read at once.
    if (readers.length === 1 || this.#parts.profile.endpoint.kind === 'cluster') return true;
    try {
      return (await this.#parts.run('EXISTS', ...readers.map(({ request }) => request.key))) !== 0;
    } catch {
      // Each will find out for itself.
      return true;
    }
  }
}
