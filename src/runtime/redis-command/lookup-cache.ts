/** Replies kept for a while, so that a lookup need not ask again. What was not used for longest goes first. */
import type { RedisReply } from '../../drivers/redis/session';

interface Kept {
  readonly reply: RedisReply;
  readonly until: number;
}

export class LookupCache {
  readonly #lifeMillis: number;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /** In the order of use, the latest last. */
  readonly #entries = new Map<string, Kept>();

  /**
   * @param lifeMillis how long a reply is good for; 0 keeps nothing
   * @param now a clock that is never set, in milliseconds
   */
  constructor(lifeMillis: number, maxEntries: number, now: () => number = () => performance.now()) {
    this.#lifeMillis = lifeMillis;
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The reply, which may be null (a miss that was kept); undefined when it is not kept or too old. */
  get(id: string): RedisReply | undefined {
    const kept = this.#entries.get(id);
    if (!kept) return undefined;
    this.#entries.delete(id);
    if (kept.until <= this.#now()) return undefined;
    this.#entries.set(id, kept);
    return kept.reply;
  }

  set(id: string, reply: RedisReply): void {
    if (this.#lifeMillis <= 0) return;
    this.#entries.delete(id);
    this.#entries.set(id, { reply, until: this.#now() + this.#lifeMillis });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) return;
      this.#entries.delete(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
