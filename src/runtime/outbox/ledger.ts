/**
 * Which entries there are, in order of their numbers, with size and age: twenty bytes for each, however large it is, so that
 * limits are checked and the next one is found without asking the disk.
 */

/** Entries to a chunk. */
const CHUNK = 1024;

const GONE = 0;
const STORED = 1;
/** With the connection, not acknowledged. */
const OUT = 2;

/** What is known of an entry without reading it. */
export interface EntryFacts {
  readonly number: number;
  /** When it was added, in milliseconds since the epoch. */
  readonly time: number;
  /** What it counts for in the limits. */
  readonly bytes: number;
  /** Which sink it is of; see `sinkMark`. */
  readonly sink: number;
}

interface Chunk {
  readonly first: number;
  readonly states: Uint8Array;
  readonly sizes: Uint32Array;
  readonly sinks: Uint32Array;
  readonly times: Float64Array;
  live: number;
}

export class Ledger {
  /** By number of the chunk, in ascending order. */
  readonly #chunks = new Map<number, Chunk>();
  #count = 0;
  #out = 0;
  #bytes = 0;
  #last = 0;
  /** No stored entry has a lower number. */
  #head = 0;

  /** All entries, also those that are out. */
  get count(): number {
    return this.#count;
  }

  get out(): number {
    return this.#out;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The highest number ever added. */
  get last(): number {
    return this.#last;
  }

  /** Adds an entry; numbers must ascend. */
  add({ number, time, bytes, sink }: EntryFacts): void {
    const chunk = this.#chunkFor(number);
    const index = number - chunk.first;
    chunk.states[index] = STORED;
    chunk.sizes[index] = bytes;
    chunk.sinks[index] = sink;
    chunk.times[index] = time;
    chunk.live += 1;
    this.#count += 1;
    this.#bytes += bytes;
    this.#last = Math.max(this.#last, number);
    this.#head = Math.min(this.#head, number);
  }

  /** Takes an entry away; false if it isn't there. */
  remove(number: number): boolean {
    const chunk = this.#chunkOf(number);
    const index = chunk ? number - chunk.first : 0;
    if (!chunk || chunk.states[index] === GONE) return false;
    if (chunk.states[index] === OUT) this.#out -= 1;
    chunk.states[index] = GONE;
    this.#count -= 1;
    this.#bytes -= chunk.sizes[index] ?? 0;
    chunk.live -= 1;
    if (chunk.live === 0) this.#chunks.delete(chunk.first / CHUNK);
    return true;
  }

  /** The entry goes to the connection. */
  takeOut(number: number): void {
    this.#change(number, STORED, OUT);
  }

  /** The connection didn't get it across. */
  putBack(number: number): void {
    this.#change(number, OUT, STORED);
    this.#head = Math.min(this.#head, number);
  }

  facts(number: number): EntryFacts | undefined {
    const chunk = this.#chunkOf(number);
    const index = chunk ? number - chunk.first : 0;
    if (!chunk || chunk.states[index] === GONE) return undefined;
    return {
      number,
      time: chunk.times[index] ?? 0,
      bytes: chunk.sizes[index] ?? 0,
      sink: chunk.sinks[index] ?? 0,
    };
  }

  isStored(number: number): boolean {
    const chunk = this.#chunkOf(number);
    return chunk !== undefined && chunk.states[number - chunk.first] === STORED;
  }

  /** The first stored entry from this number on. */
  next(from: number): number | undefined {
    const near = this.#chunkOf(from);
    const found = near && firstStored(near, from - near.first);
    if (found !== undefined) return found;
    for (const chunk of this.#chunks.values()) {
      if (chunk.first <= from) continue;
      const further = firstStored(chunk, 0);
      if (further !== undefined) return further;
    }
    return undefined;
  }

  /** The oldest stored entry. */
  oldest(): number | undefined {
    const oldest = this.next(this.#head);
    this.#head = oldest ?? this.#last + 1;
    return oldest;
  }

  #change(number: number, from: number, to: number): void {
    const chunk = this.#chunkOf(number);
    if (!chunk || chunk.states[number - chunk.first] !== from) return;
    chunk.states[number - chunk.first] = to;
    this.#out += to === OUT ? 1 : -1;
  }

  #chunkOf(number: number): Chunk | undefined {
    return this.#chunks.get(Math.floor(number / CHUNK));
  }

  #chunkFor(number: number): Chunk {
    const existing = this.#chunkOf(number);
    if (existing) return existing;
    const key = Math.floor(number / CHUNK);
    const chunk: Chunk = {
      first: key * CHUNK,
      states: new Uint8Array(CHUNK),
      sizes: new Uint32Array(CHUNK),
      sinks: new Uint32Array(CHUNK),
      times: new Float64Array(CHUNK),
      live: 0,
    };
    this.#chunks.set(key, chunk);
    return chunk;
  }
}

function firstStored({ states, first }: Chunk, from: number): number | undefined {
  const index = states.indexOf(STORED, from);
  return index === -1 ? undefined : first + index;
}
