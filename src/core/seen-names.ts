/**
 * The names that passed over one connection (topics, channels, keys), for suggestions in the editor. A sample, not an account:
 * it is bounded, is kept in memory only, and costs a message next to nothing.
 */

/** Names of one kind; more push the older ones out, a sampled few at a time. */
const MOST_NAMES = 1000;
/** Longer names are not worth suggesting. */
const MOST_CHARACTERS = 256;
/** Of so many messages, one is looked at when there is no room left; a prime, so that no rhythm hides names. */
const SAMPLED = 61;

export class SeenNames {
  readonly #kinds = new Map<string, NamesOfKind>();

  /** The names of one kind, in the words of the protocol: `topic`, `channel`, `key`, … Drivers ask once and keep it. */
  of(kind: string): NamesOfKind {
    let names = this.#kinds.get(kind);
    if (!names) {
      names = new NamesOfKind();
      this.#kinds.set(kind, names);
    }
    return names;
  }
}

export class NamesOfKind implements Iterable<string> {
  readonly #names = new Set<string>();
  #last = '';
  #turn = 0;

  /** A message with this name passed. */
  note(name: string): void {
    if (name === this.#last) return;
    this.#last = name;
    const isFull = this.#names.size >= MOST_NAMES;
    if (isFull) {
      this.#turn = (this.#turn + 1) % SAMPLED;
      if (this.#turn !== 0) return;
    }
    if (name.length > MOST_CHARACTERS) return;
    // Sets keep the order of insertion: what is seen again goes to the end, what was not seen for long is first.
    if (isFull && !this.#names.delete(name)) for (const oldest of this.#names) return this.#replace(oldest, name);
    this.#names.add(name);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#names.values();
  }

  #replace(oldest: string, name: string): void {
    this.#names.delete(oldest);
    this.#names.add(name);
  }
}
