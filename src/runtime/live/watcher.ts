/** One editor that watches: what it has been told, and so what to tell it next. */
import type { DetailsBook } from './details';
import type { LiveDetails, LiveRequest, LiveRow, LiveUpdate } from './live-message';
import type { RowEntry, Rows } from './rows';

/** Rows in one update, at most; the others follow in the next ones. */
const MOST_ROWS = 500;
/** Opened rows, at most: those that were opened last. */
export const MOST_OPEN = 20;
/** Keys are a type, a fingerprint and perhaps a node id. */
const LONGEST_KEY = 500;
/** Updates that the editor has not seen yet, at most: a slow one is told less often, and then all that is new. */
const MOST_UNSEEN = 3;
/** An editor that sees nothing for so long is not there any more. */
const PATIENCE_MILLIS = 30_000;
/** Details in one update, in characters: those that don't go in follow in the next ones. */
const MOST_DETAILS = 1_000_000;
/** The details of a row are sent no more often than makes this many characters a second. */
const DETAILS_PER_SECOND = 200_000;

interface SentDetails {
  /** None when the row has been closed since. */
  readonly revision: number | undefined;
  /** When they may be sent again. */
  readonly next: number;
}

export class Watcher {
  /** The revisions of the rows it has, by key. */
  readonly #rows = new Map<string, number>();
  readonly #details = new Map<string, SentDetails>();
  #open: readonly string[] = [];
  #isNew = true;
  #sequence = 0;
  #seen = 0;
  #seenAt: number;
  #more = false;

  constructor(now: number) {
    this.#seenAt = now;
  }

  get open(): readonly string[] {
    return this.#open;
  }

  /** Something is left to be told that was not in the last update. */
  get hasMore(): boolean {
    return this.#more;
  }

  isLost(now: number): boolean {
    return this.#sequence > this.#seen && now - this.#seenAt > PATIENCE_MILLIS;
  }

  /** @returns whether there may be something new for it now */
  hear({ open, seen }: Pick<LiveRequest, 'open' | 'seen'>, now: number): boolean {
    const wasFull = this.#isFull;
    if (Number.isSafeInteger(seen) && seen !== undefined && seen > this.#seen && seen <= this.#sequence) {
      this.#seen = seen;
      this.#seenAt = now;
    }
    if (Array.isArray(open)) {
      const keys = open.filter((key): key is string => typeof key === 'string' && key.length <= LONGEST_KEY);
      this.#open = [...new Set(keys.slice(-MOST_OPEN))];
      // Whoever closes a row and opens it again has forgotten what was in it.
      for (const [key, { next }] of this.#details) {
        if (this.#open.includes(key)) continue;
        if (now >= next) this.#details.delete(key);
        else this.#details.set(key, { revision: undefined, next });
      }
      return true;
    }
    return wasFull && !this.#isFull;
  }

  /** What is new to it; undefined if nothing is, or if it has enough to do. */
  next(rows: Rows, book: DetailsBook, now: number): LiveUpdate | undefined {
    this.#more = false;
    if (this.#isFull) return undefined;
    if (this.#sequence === this.#seen) this.#seenAt = now;
    const changed = this.#changedRows(rows);
    const gone = [...this.#rows.keys()].filter((key) => !rows.entries.has(key));
    const details = this.#changedDetails(book, now);
    if (!this.#isNew && changed.length === 0 && gone.length === 0 && details.length === 0) return undefined;
    for (const key of gone) this.#rows.delete(key);
    const full = this.#isNew;
    this.#isNew = false;
    this.#sequence += 1;
    return {
      ...(full ? { full } : {}),
      seq: this.#sequence,
      now: Date.now(),
      rows: changed,
      gone,
      details,
    };
  }

  get #isFull(): boolean {
    return this.#sequence - this.#seen >= MOST_UNSEEN;
  }

  #changedRows({ entries, revision }: Rows): LiveRow[] {
    const urgent: RowEntry[] = [];
    const others: RowEntry[] = [];
    for (const entry of entries.values()) {
      const has = this.#has(entry);
      if (entry.stateRevision > has) urgent.push(entry);
      else if (entry.revision > has || entry.historyRevision > has) others.push(entry);
    }
    this.#more = urgent.length + others.length > MOST_ROWS;
    // Those that had to wait the longest go first.
    if (this.#more) others.sort((one, other) => this.#has(one) - this.#has(other));
    return [...urgent, ...others].slice(0, MOST_ROWS).map((entry) => {
      const { row, traffic, historyRevision } = entry;
      const has = this.#has(entry);
      this.#rows.set(row.key, revision);
      return historyRevision > has ? { ...row, history: traffic.history } : row;
    });
  }

  #has({ row }: RowEntry): number {
    return this.#rows.get(row.key) ?? 0;
  }

  #changedDetails({ entries }: DetailsBook, now: number): LiveDetails[] {
    const changed: LiveDetails[] = [];
    let size = 0;
    for (const key of this.#open) {
      const entry = entries.get(key);
      const sent = this.#details.get(key);
      if (!entry || sent?.revision === entry.revision || (sent && now < sent.next)) continue;
      if (size > 0 && size + entry.size > MOST_DETAILS) {
        this.#more = true;
        continue;
      }
      size += entry.size;
      const next = now + (1000 * entry.size) / DETAILS_PER_SECOND;
      this.#details.set(key, { revision: entry.revision, next });
      changed.push(entry.details);
    }
    return changed;
  }
}
