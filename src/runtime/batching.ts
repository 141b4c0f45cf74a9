/** Sending several messages at once: what a sink says about it, and collecting those that belong together. */
import { Batcher } from './redis-source/batcher';
import type { CheckedReaders, Settings } from './settings-readers';

export interface Batching {
  /** So many messages go at once. */
  readonly count: number;
  /** However few there are, they go when the first has waited so long. */
  readonly millis: number;
}

const MOST = 100_000;
const STANDARD_MILLIS = 1_000;
const HOUR_SECONDS = 3_600;

/** Undefined if each message goes by itself. @throws PoolError with the code of the readers, naming the field */
export function readBatching(settings: Settings, readers: CheckedReaders): Batching | undefined {
  const count = readers.integer(settings, 'batchCount', 0, MOST) ?? 0;
  const millis = readers.seconds(settings, 'batchSeconds', 0.001, HOUR_SECONDS) ?? STANDARD_MILLIS;
  return count > 1 ? { count, millis } : undefined;
}

/** Collects things into arrays, apart for each key. */
export class KeyedBatcher<T> {
  readonly #batching: Batching;
  readonly #keyOf: (one: T) => string;
  readonly #emit: (batch: readonly T[]) => void;
  readonly #batchers = new Map<string, Batcher<T>>();

  /** @param keyOf what those that go together have in common */
  constructor(batching: Batching, keyOf: (one: T) => string, emit: (batch: readonly T[]) => void) {
    this.#batching = batching;
    this.#keyOf = keyOf;
    this.#emit = emit;
  }

  add(one: T): void {
    const key = this.#keyOf(one);
    let batcher = this.#batchers.get(key);
    if (!batcher) {
      const { count, millis } = this.#batching;
      batcher = new Batcher<T>(count, millis, (batch) => {
        this.#batchers.delete(key);
        this.#emit(batch);
      });
      this.#batchers.set(key, batcher);
    }
    batcher.add(one);
  }

  /** All that wait go now. */
  flush(): void {
    for (const batcher of [...this.#batchers.values()]) batcher.flush();
  }
}

let incomparable = 0;

/** Equal values, equal text. What can't be compared (it contains itself, say) equals nothing else. */
export function batchKey(value: unknown): string {
  try {
    return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? '';
  } catch {
    incomparable += 1;
    return `incomparable ${incomparable}`;
  }
}
