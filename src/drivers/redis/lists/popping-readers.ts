/**
 * All readers of lists, or all of sorted sets, of one connection: one socket, and on it one blocking command at a time,
 * whatever their number. Readers of one key take turns, batch by batch.
 *
 * What was popped and was on its way when a connection broke is lost, as with any client that pops: use a reliable list
 * or a stream where that matters. Nothing is lost when readers come and go.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PoolError } from '../../../core/errors';
import type { AuxiliarySocket, ConnectionPart, ConnectionParts } from '../connection-part';
import type { CountedReader, ReadHandlers, RedisReader } from '../reading';
import type { RedisLink } from '../redis-link';
import type { PopKind } from './pop-commands';
import { PopRun } from './pop-run';
import { type PopRequest, PoppingReader } from './popping-reader';

const CLOSE_PATIENCE_MILLIS = 900;

export class PoppingReaders implements ConnectionPart {
  readonly #parts: ConnectionParts;
  readonly #socket: AuxiliarySocket;
  readonly #kind: PopKind;
  readonly #readers = new Set<PoppingReader>();
  #run: PopRun | undefined;
  #release: (() => void) | undefined;

  constructor(parts: ConnectionParts, socket: AuxiliarySocket, kind: PopKind) {
    this.#parts = parts;
    this.#socket = socket;
    this.#kind = kind;
  }

  /** @throws PoolError `REDIS_INVALID_ARGUMENT` */
  add(request: PopRequest, handlers: ReadHandlers): RedisReader {
    const reader = new PoppingReader(request, handlers, {
      changed: () => this.#run?.wake(),
      closing: (closing) => this.#remove(closing),
    });
    this.#readers.add(reader);
    this.#release ??= this.#socket.want({ up: (link) => this.#up(link), down: () => this.#down() });
    this.#run?.wake();
    return reader;
  }

  get readers(): Iterable<CountedReader> {
    return this.#readers;
  }

  /** The socket for these readers tells for itself when it is there. */
  connected(): void {}

  /** It may well outlast the command socket. */
  lost(): void {}

  async close(): Promise<void> {
    const closed = Promise.all([...this.#readers].map((reader) => reader.close()));
    await Promise.race([closed, delay(CLOSE_PATIENCE_MILLIS, undefined, { ref: false })]);
    this.#stop();
  }

  async #remove(reader: PoppingReader): Promise<void> {
    if (reader.underWay) this.#run?.wake();
    await reader.untilLanded();
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#stop();
  }

  #stop(): void {
    this.#run?.end();
    this.#run = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #up(link: RedisLink): void {
    this.#run?.end();
    const run = new PopRun(this.#kind, this.#parts, link, this.#readers);
    this.#run = run;
    run.run().catch((thrown: unknown) => this.#parts.warn(PoolError.from(thrown)));
  }

  #down(): void {
    this.#run?.end();
    this.#run = undefined;
    for (const reader of this.#readers) reader.pending();
  }
}
