/** Which streams are waited for, and from which entry on. A watch rings once and is then no longer armed. */
import { compareIds } from './entry-id';
import { entriesByKey, entriesIn } from './stream-replies';
import type { RedisArgument, RedisReply } from '../session';

export interface StreamWatch {
  readonly key: string;
  /** The id of the last entry seen. */
  readonly after: string;
  /** To be polled: its entries are too big for the event socket, or its position can't be known. */
  readonly polled: boolean;
  /** There may be an entry after `after`. */
  ring(): void;
}

export class ArmedWatches {
  readonly #byKey = new Map<string, Set<StreamWatch>>();

  get size(): number {
    return this.#byKey.size;
  }

  add(watch: StreamWatch): void {
    const watches = this.#byKey.get(watch.key);
    if (watches) watches.add(watch);
    else this.#byKey.set(watch.key, new Set([watch]));
  }

  delete(watch: StreamWatch): void {
    const watches = this.#byKey.get(watch.key);
    if (watches?.delete(watch) && watches.size === 0) this.#byKey.delete(watch.key);
  }

  /** The arguments of an XREAD that tells about all of them, from `COUNT` on. */
  readArguments(): RedisArgument[] {
    const keys: string[] = [];
    const ids: string[] = [];
    for (const [key, watches] of this.#byKey) {
      keys.push(key);
      ids.push(earliestOf(watches));
    }
    return ['COUNT', 1, 'STREAMS', ...keys, ...ids];
  }

  /** Takes out the watches that such an XREAD has brought something for. */
  takeRung(reply: RedisReply | undefined): StreamWatch[] {
    const rung: StreamWatch[] = [];
    for (const [key, entries] of entriesByKey(reply)) {
      const id = entriesIn(entries).at(-1)?.id;
      if (id === undefined) continue;
      for (const watch of this.#byKey.get(key) ?? []) if (compareIds(watch.after, id) < 0) rung.push(watch);
    }
    for (const watch of rung) this.delete(watch);
    return rung;
  }

  takeAll(): StreamWatch[] {
    const all = [...this.#byKey.values()].flatMap((watches) => [...watches]);
    this.#byKey.clear();
    return all;
  }
}

function earliestOf(watches: ReadonlySet<StreamWatch>): string {
  let earliest: string | undefined;
  for (const { after } of watches) {
    if (earliest === undefined || compareIds(after, earliest) < 0) earliest = after;
  }
  return earliest ?? '0-0';
}
