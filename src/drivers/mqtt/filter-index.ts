/** The filters of one connection, to be found by their text and by the topics they match. */
import { type FilterEntry, newFilterEntry } from './subscriber';
import { parseTopicFilter } from './topic-filter';
import { TopicTree } from './topic-tree';

export class FilterIndex {
  readonly #entries = new Map<string, FilterEntry>();
  readonly #plain = new TopicTree<FilterEntry>();
  readonly #shared = new TopicTree<FilterEntry[]>();
  /** Entries with wildcards that are not shared. */
  readonly wildcards = new Set<FilterEntry>();
  readonly shared = new Set<FilterEntry>();

  get entries(): Iterable<FilterEntry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  has(entry: FilterEntry): boolean {
    return this.#entries.get(entry.filter.text) === entry;
  }

  /** The entry of a filter, made if need be. @throws PoolError `MQTT_INVALID_FILTER` */
  entry(text: string): FilterEntry {
    const known = this.#entries.get(text);
    if (known) return known;
    const entry = newFilterEntry(parseTopicFilter(text));
    this.#entries.set(text, entry);
    const { levels, share, hasWildcard } = entry.filter;
    if (share === undefined) {
      this.#plain.set(levels, entry);
      if (hasWildcard) this.wildcards.add(entry);
    } else {
      this.shared.add(entry);
      this.#shared.set(levels, [...this.#sharedLike(entry), entry]);
    }
    return entry;
  }

  drop(entry: FilterEntry): void {
    this.#entries.delete(entry.filter.text);
    this.wildcards.delete(entry);
    this.shared.delete(entry);
    const { levels, share } = entry.filter;
    if (share === undefined) return this.#plain.delete(levels);
    const rest = this.#sharedLike(entry);
    if (rest.length > 0) this.#shared.set(levels, rest);
    else this.#shared.delete(levels);
  }

  /** The entries, other than shared ones, whose filters match a topic. */
  matchPlain(topic: string): readonly FilterEntry[] {
    return this.#plain.match(topic);
  }

  /** The shared entries whose filters match a topic, those of equal filters together. */
  matchShared(topic: string): readonly (readonly FilterEntry[])[] {
    return this.#shared.size === 0 ? [] : this.#shared.match(topic);
  }

  /** The entries whose filters cover that of the given one, itself included. */
  covering(entry: FilterEntry): FilterEntry[] {
    return this.#plain.covering(entry.filter.levels);
  }

  /** The other shared entries on the same filter: other groups. */
  #sharedLike(entry: FilterEntry): FilterEntry[] {
    const { plain, levels } = entry.filter;
    const found = this.#shared.covering(levels).flat();
    return found.filter((other) => other.filter.plain === plain && other !== entry);
  }
}
