/** Which readers of a connection are the same consumer of the same group, so that none hands out what another holds. */
import type { GroupRequest } from '../reading';

interface ConsumerReader {
  readonly request: GroupRequest;
  holds(id: string): boolean;
}

export class Consumers {
  readonly #byName = new Map<string, Set<ConsumerReader>>();

  /** True if there is another reader with this consumer's name. */
  add(reader: ConsumerReader): boolean {
    const name = nameOf(reader);
    const readers = this.#byName.get(name);
    if (!readers) this.#byName.set(name, new Set([reader]));
    return readers?.add(reader) !== undefined;
  }

  delete(reader: ConsumerReader): void {
    const name = nameOf(reader);
    const readers = this.#byName.get(name);
    if (readers?.delete(reader) && readers.size === 0) this.#byName.delete(name);
  }

  /** Whether a reader with this consumer's name has the entry in hand. */
  hold(reader: ConsumerReader, id: string): boolean {
    for (const one of this.#byName.get(nameOf(reader)) ?? []) if (one.holds(id)) return true;
    return false;
  }
}

function nameOf({ request: { key, group, consumer } }: ConsumerReader): string {
  return JSON.stringify([key, group, consumer]);
}
