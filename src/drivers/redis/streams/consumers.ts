/** Which readers of a connection are the same consumer of the same group, so that none hands out what another holds. */
import type { GroupRequest } from '../reading';

interface ConsumerReader {
  readonly request: GroupRequest;
  collectHeld(ids: Set<string>): void;
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

  /** The ids of all entries that readers with this consumer's name have in hand. */
  inHand(reader: ConsumerReader): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const one of this.#byName.get(nameOf(reader)) ?? []) one.collectHeld(ids);
    return ids;
  }
}

function nameOf({ request: { key, group, consumer } }: ConsumerReader): string {
  return JSON.stringify([key, group, consumer]);
}
