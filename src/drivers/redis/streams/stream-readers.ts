/** All readers of streams of one connection, with or without groups. See stream-bell.ts for how they wait. */
import { PoolError } from '../../../core/errors';
import type { ConnectionPart, ConnectionParts } from '../connection-part';
import type { CountedReader, GroupRequest, ReadHandlers, RedisReader, StreamRequest } from '../reading';
import type { Acknowledgements } from './acknowledgements';
import { Consumers } from './consumers';
import { isEntryId } from './entry-id';
import { GroupReader } from './group-reader';
import { PlainReader } from './plain-reader';
import { SharedReads } from './shared-reads';
import { StreamBell } from './stream-bell';
import { t } from '../../../core/wording';

const CLOSE_PATIENCE_MILLIS = 900;

export class StreamReaders implements ConnectionPart {
  readonly #parts: ConnectionParts;
  readonly #bell: StreamBell;
  readonly #reads: SharedReads;
  readonly #consumers = new Consumers();
  readonly #readers = new Set<PlainReader | GroupReader>();
  /** Also of readers that have been closed. */
  readonly #owing = new Set<Acknowledgements>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#bell = new StreamBell(parts);
    this.#reads = new SharedReads(parts);
  }

  /**
   * Reads until the reader is closed.
   *
   * @throws PoolError `REDIS_INVALID_ARGUMENT`
   */
  add(request: StreamRequest | GroupRequest, handlers: ReadHandlers): RedisReader {
    check(request);
    const tools = { parts: this.#parts, bell: this.#bell };
    const reader =
      request.kind === 'stream'
        ? new PlainReader(request, handlers, tools, this.#reads)
        : new GroupReader(request, handlers, tools, this.#consumers, this.#owing);
    this.#readers.add(reader);
    reader.ended(() => this.#readers.delete(reader));
    // Not at once: the caller does not have it yet.
    queueMicrotask(() => reader.ring());
    return reader;
  }

  get readers(): Iterable<CountedReader> {
    return this.#readers;
  }

  connected(): void {
    this.#bell.connected();
    for (const acknowledgements of [...this.#owing]) acknowledgements.connected();
    for (const reader of this.#readers) reader.connected();
  }

  lost(): void {
    this.#bell.lost();
    for (const reader of this.#readers) reader.lost();
  }

  async close(): Promise<void> {
    const ends = [...this.#readers].map((reader) => reader.close());
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MILLIS).unref());
    const drained = [...this.#owing].map((acknowledgements) => acknowledgements.drained());
    await Promise.race([Promise.all([...ends, ...drained]), late]);
    for (const acknowledgements of [...this.#owing]) acknowledgements.end();
  }
}

function check(request: StreamRequest | GroupRequest): void {
  if (request.key === '') throw invalid(t`A stream needs a key; enter one.`);
  const { position } = request;
  if (position !== undefined && position !== '$' && !isEntryId(position)) {
    throw invalid(
      t`"${position}" is no position in a stream; use $, 0 or the id of an entry, such as 1700000000000-0.`,
    );
  }
  checkCount('count', request.count, 1);
  if (request.kind === 'stream') return;
  if (request.group === '') throw invalid(t`A group needs a name; enter one.`);
  if (request.consumer === '') throw invalid(t`A consumer needs a name; enter one.`);
  if (request.deadLetterKey === request.key) {
    throw invalid(
      t`The dead-letter stream is the stream itself, which would read its own entries again; use another key.`,
    );
  }
  checkCount('maxUnacknowledged', request.maxUnacknowledged, 1);
  checkCount('claimIdleMillis', request.claimIdleMillis, 0);
  checkCount('maxDeliveries', request.maxDeliveries, 0);
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw invalid(t`${name} is ${String(value)}; use a whole number from ${least} on.`);
}

function invalid(message: string): PoolError {
  return new PoolError('REDIS_INVALID_ARGUMENT', message);
}
