/** What is in an outbox: all entries by their facts, those that are in memory, and who waits for them. */
import type { PoolError } from '../../core/errors';
import type { Entry, Waiter } from './entry';
import { type EntryFacts, Ledger } from './ledger';
import { type MemoryLimits, MemoryUse } from './room';

export class Contents<Job> {
  /** What only memory has. */
  readonly unsafe: MemoryUse;
  #ledger = new Ledger();
  /** By number: what is in memory, in order for the most part. */
  readonly #memory = new Map<number, Entry<Job>>();
  readonly #waiters = new Map<number, Waiter>();

  constructor(limits: MemoryLimits) {
    this.unsafe = new MemoryUse(limits);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** How many are in memory. */
  get inMemory(): number {
    return this.#memory.size;
  }

  /** Whether nothing that is on disk is needed: all there is is in memory only. */
  get needsNothing(): boolean {
    if (this.#ledger.count > this.#memory.size) return false;
    for (const entry of this.#memory.values()) if (entry.safe) return false;
    return true;
  }

  entry(number: number): Entry<Job> | undefined {
    return this.#memory.get(number);
  }

  waiter(number: number): Waiter | undefined {
    return this.#waiters.get(number);
  }

  /** Gives a new entry the next number. */
  add(entry: Entry<Job>, waiter: Waiter): void {
    entry.number = this.#ledger.last + 1;
    this.#ledger.add(entry);
    this.#memory.set(entry.number, entry);
    this.#waiters.set(entry.number, waiter);
    this.unsafe.add(entry);
  }

  /** An entry was read. */
  remember(entry: Entry<Job>): void {
    this.#memory.set(entry.number, entry);
  }

  /** The entry is on disk and won't be sent soon. */
  forget({ number }: Entry<Job>): void {
    this.#memory.delete(number);
  }

  /** Takes an entry out for good; returns who waits for it. */
  take({ number }: EntryFacts): Waiter | undefined {
    const entry = this.#memory.get(number);
    this.#ledger.remove(number);
    this.#memory.delete(number);
    if (entry) entry.gone = true;
    if (entry?.safe === false) this.unsafe.remove(entry);
    return this.takeWaiter(number);
  }

  takeWaiter(number: number): Waiter | undefined {
    const waiter = this.#waiters.get(number);
    this.#waiters.delete(number);
    return waiter;
  }

  /** Takes all waiters, each with the entry it waits for, if that is in memory. */
  *takeWaiters(): Iterable<readonly [Waiter, Entry<Job> | undefined]> {
    for (const [number, waiter] of [...this.#waiters]) {
      this.#waiters.delete(number);
      yield [waiter, this.#memory.get(number)];
    }
  }

  /** The store is open at last: what is in memory comes after what was found, and gets other numbers. */
  opened(found: Ledger): void {
    const since = [...this.#memory.values()];
    const out = new Set(since.filter(({ number }) => !this.#ledger.isStored(number)));
    const waiters = since.map(({ number }) => this.#waiters.get(number));
    this.#ledger = found;
    this.#memory.clear();
    this.#waiters.clear();
    for (const [index, entry] of since.entries()) {
      entry.number = found.last + 1;
      found.add(entry);
      if (out.has(entry)) found.takeOut(entry.number);
      this.#memory.set(entry.number, entry);
      const waiter = waiters[index];
      if (waiter) this.#waiters.set(entry.number, waiter);
    }
  }

  /** The store is gone. Returns how many entries were only there, and those that are to be written again. */
  diskLost(reason: PoolError): { readonly lost: number; readonly again: readonly Entry<Job>[] } {
    const before = this.#ledger.count;
    for (let number = this.#ledger.next(0); number !== undefined; number = this.#ledger.next(number + 1)) {
      if (this.#memory.has(number)) continue;
      this.#ledger.remove(number);
      this.takeWaiter(number)?.done(reason);
    }
    const again = [...this.#memory.values()].filter(({ safe }) => safe);
    for (const entry of again) {
      entry.safe = false;
      this.unsafe.add(entry);
    }
    return { lost: before - this.#ledger.count, again };
  }
}
