/**
 * What waits to be sent for one profile, on disk: entries are added within limits, given to whoever sends them, in order,
 * and leave when they are delivered. Knows no protocol and no connection.
 */
import { PoolError } from '../../core/errors';
import { AgeWatch } from './age-watch';
import { openLevel } from './disk';
import { Entry, type Waiter } from './entry';
import { decodeValue, sinkMark } from './entry-format';
import { type EntryFacts, Ledger } from './ledger';
import { Losses, type OutboxReports } from './losses';
import type { SetAside } from './open-store';
import { type Limits, makeRoom, MemoryUse, type MemoryLimits } from './room';
import { Writer, type WriterOptions } from './writer';

/** Entries on disk that stay in memory, too, because they are sent soon. */
const KEPT_IN_MEMORY = 4_096;
const RETRY_MILLIS = 5_000;

export interface OutboxOptions extends Partial<WriterOptions> {
  readonly folder: string;
  readonly limits: Limits;
  /** Of what is in memory only, while the disk can't take it. */
  readonly memory: MemoryLimits;
}

export interface OutboxCounters {
  added: number;
  delivered: number;
  /** Given up for want of room or for age. */
  dropped: number;
  /** Refused by the other side, so that trying again is useless. */
  failed: number;
}

export class Outbox<Job> {
  readonly folder: string;
  readonly counters: OutboxCounters = { added: 0, delivered: 0, dropped: 0, failed: 0 };
  readonly #losses: Losses;
  readonly #writer: Writer<Job>;
  #limits: Limits;
  #ledger = new Ledger();
  /** By number: what is in memory, in order for the most part. */
  readonly #memory = new Map<number, Entry<Job>>();
  readonly #waiters = new Map<number, Waiter>();
  /** Added before the store was open. */
  #early: [Entry<Job>, Waiter][] = [];
  #opening: Promise<void> | undefined;
  #ready = false;
  readonly #unsafe: MemoryUse;
  #trouble: PoolError | undefined;
  readonly #ages = new AgeWatch(
    () => this.oldestTime,
    (maxAgeMillis) => this.#expire(maxAgeMillis),
  );
  #closed = false;
  /** Told when there is something more to send. */
  onAdded: (() => void) | undefined;
  /** Told that the store is open, and up to which number entries were in it; those after them may have other numbers now. */
  onOpened: ((last: number) => void) | undefined;

  constructor(
    { folder, open = openLevel, retryMillis = RETRY_MILLIS, limits, memory }: OutboxOptions,
    reports: OutboxReports,
  ) {
    this.folder = folder;
    this.#limits = limits;
    this.#unsafe = new MemoryUse(memory);
    this.#ages.maxAgeMillis = limits.maxAgeMillis;
    this.#losses = new Losses(reports);
    this.#writer = new Writer<Job>(
      { folder, open, retryMillis },
      {
        opened: (ledger) => this.#opened(ledger),
        safe: (entries) => this.#safe(entries),
        setAside: (aside, whileOpen) => this.#setAside(aside, whileOpen),
        trouble: (error) => this.#inTrouble(error),
        needsNothing: () => this.#needsNothing,
      },
    );
  }

  /** Entries not delivered yet. */
  get count(): number {
    return this.#ledger.count + this.#early.length;
  }

  get bytes(): number {
    return this.#ledger.bytes;
  }

  /** The highest number so far. */
  get last(): number {
    return this.#ledger.last;
  }

  /** Why entries are in memory only; undefined if they are safe. */
  get trouble(): PoolError | undefined {
    return this.#trouble;
  }

  /** When the entry that has waited longest was added; undefined if none waits. */
  get oldestTime(): number | undefined {
    const oldest = this.#ledger.oldest();
    return oldest === undefined ? undefined : this.#ledger.facts(oldest)?.time;
  }

  configure(limits: Limits, memory: MemoryLimits): void {
    this.#limits = limits;
    this.#unsafe.limits = memory;
    this.#ages.maxAgeMillis = limits.maxAgeMillis;
  }

  /** How long entries may wait to be written when they will probably be delivered at once. In milliseconds. */
  set patienceMillis(millis: number) {
    this.#writer.patienceMillis = millis;
  }

  /** Opens the store, once; what is added before waits for it. Settles also when it can't be opened for now. */
  open(): Promise<void> {
    this.#opening ??= this.#writer.open().then(() => this.#admitEarly());
    return this.#opening;
  }

  /** Adds a message. The waiter is called once. */
  add(sinkId: string, job: Job, bytes: number, waiter: Waiter): void {
    if (this.#closed) return waiter.done(closedError());
    const entry = new Entry(sinkId, sinkMark(sinkId), job, bytes, Date.now());
    this.counters.added += 1;
    if (!this.#ready) {
      const refusal = this.#unsafe.refusal(bytes, this.#trouble);
      if (refusal) return this.#refuse(entry, waiter, refusal);
      this.#unsafe.add(entry);
      this.#early.push([entry, waiter]);
      void this.open();
    } else if (this.#admit(entry, waiter)) {
      this.onAdded?.();
    }
  }

  /** The first entry from this number on that isn't out. */
  next(from: number): number | undefined {
    return this.#ledger.next(from);
  }

  /** An entry if it is in memory. */
  entry(number: number): Entry<Job> | undefined {
    return this.#memory.get(number);
  }

  /** Brings so many entries into memory. Those that are broken are given up. */
  async load(from: number, count: number): Promise<void> {
    const wanted: EntryFacts[] = [];
    for (let number = this.next(from); number !== undefined && wanted.length < count; number = this.next(number + 1)) {
      const facts = this.#memory.has(number) ? undefined : this.#ledger.facts(number);
      if (facts) wanted.push(facts);
    }
    let values: (Uint8Array | undefined)[];
    try {
      values = await this.#writer.read(wanted);
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (error.code === 'OUTBOX_BROKEN') return this.#writer.broken(error);
      throw error;
    }
    for (const [index, facts] of wanted.entries()) {
      if (this.#ledger.isStored(facts.number) && !this.#memory.has(facts.number)) this.#remember(facts, values[index]);
    }
  }

  /** The entry goes to the connection. */
  takeOut({ number }: Entry<Job>): void {
    this.#ledger.takeOut(number);
  }

  /** The connection didn't get it across: it is to be sent again. */
  putBack(entry: Entry<Job>): void {
    if (!entry.gone) this.#ledger.putBack(entry.number);
  }

  /** The other side has it, or refuses it for good. */
  settle(entry: Entry<Job>, error?: PoolError, result?: unknown): void {
    if (entry.gone) return;
    const waiter = this.#take(entry);
    this.counters[error ? 'failed' : 'delivered'] += 1;
    if (waiter) waiter.done(error, result);
    else if (error) this.#losses.failed(entry, error);
  }

  /** Writes what is in memory, closes the store; what only memory has is given up. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#ages.stop();
    if (this.#opening) {
      await this.#opening;
      await this.#writer.close();
    }
    this.#losses.close();
    for (const [, waiter] of this.#early.splice(0)) waiter.done(closedError());
    for (const [number, waiter] of this.#waiters) {
      waiter.done(this.#memory.get(number)?.safe === false ? closedError() : stillWaiting());
    }
    this.#waiters.clear();
  }

  #admitEarly(): void {
    this.#ready = true;
    const early = this.#early;
    this.#early = [];
    for (const [entry, waiter] of early) {
      this.#unsafe.remove(entry);
      this.#admit(entry, waiter);
    }
    this.#ages.begin();
    this.onAdded?.();
  }

  #admit(entry: Entry<Job>, waiter: Waiter): boolean {
    const drop = (number: number, error: PoolError) => this.#drop(number, error);
    const refusal =
      makeRoom(this.#ledger, entry.bytes, this.#limits, drop) ?? this.#unsafe.refusal(entry.bytes, this.#trouble);
    if (refusal) {
      this.#refuse(entry, waiter, refusal);
      return false;
    }
    entry.number = this.#ledger.last + 1;
    this.#ledger.add(entry);
    this.#memory.set(entry.number, entry);
    this.#waiters.set(entry.number, waiter);
    this.#unsafe.add(entry);
    this.#writer.put(entry);
    this.#ages.begin();
    return true;
  }

  #refuse({ sink }: Entry<Job>, waiter: Waiter, error: PoolError): void {
    this.counters.dropped += 1;
    this.#losses.dropped(sink);
    waiter.done(error);
  }

  #drop(number: number, error: PoolError): void {
    const facts = this.#ledger.facts(number);
    if (!facts) return;
    const entry = this.#memory.get(number);
    const waiter = entry ? this.#take(entry) : this.#takeUnread(facts);
    this.counters.dropped += 1;
    this.#losses.dropped(facts.sink, waiter ? undefined : error);
    waiter?.done(error);
  }

  #take(entry: Entry<Job>): Waiter | undefined {
    entry.gone = true;
    this.#ledger.remove(entry.number);
    this.#memory.delete(entry.number);
    if (!entry.safe) this.#unsafe.remove(entry);
    this.#writer.forget(entry);
    return this.#takeWaiter(entry.number);
  }

  #takeUnread(facts: EntryFacts): Waiter | undefined {
    this.#ledger.remove(facts.number);
    this.#writer.remove(facts);
    return this.#takeWaiter(facts.number);
  }

  #takeWaiter(number: number): Waiter | undefined {
    const waiter = this.#waiters.get(number);
    this.#waiters.delete(number);
    return waiter;
  }

  #safe(entries: readonly Entry<Job>[]): void {
    for (const entry of entries) {
      this.#unsafe.remove(entry);
      if (this.#memory.size > KEPT_IN_MEMORY && this.#ledger.isStored(entry.number)) this.#memory.delete(entry.number);
      if (this.#waiters.get(entry.number)?.doneWhen === 'safe') this.#takeWaiter(entry.number)?.done();
    }
  }

  #remember(facts: EntryFacts, value: Uint8Array | undefined): void {
    try {
      if (!value) throw new PoolError('OUTBOX_BROKEN', 'An entry of the outbox is missing.');
      const { sink, job } = decodeValue(value);
      const entry = new Entry(sink, facts.sink, job as Job, facts.bytes, facts.time);
      entry.number = facts.number;
      entry.safe = true;
      this.#memory.set(facts.number, entry);
    } catch (thrown) {
      this.#drop(facts.number, PoolError.from(thrown, 'OUTBOX_BROKEN'));
    }
  }

  /** The store is open: what was added meanwhile, because it couldn't be opened before, comes after what is in it. */
  #opened(found: Ledger): void {
    const { last } = found;
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
    this.#ages.begin();
    this.onOpened?.(last);
  }

  #setAside(aside: SetAside, whileOpen: boolean): void {
    let lost = 0;
    if (whileOpen) {
      const before = this.#ledger.count;
      for (let number = this.#ledger.next(0); number !== undefined; number = this.#ledger.next(number + 1)) {
        if (this.#memory.has(number)) continue;
        this.#ledger.remove(number);
        this.#takeWaiter(number)?.done(aside.reason);
      }
      lost = before - this.#ledger.count;
      for (const entry of this.#memory.values()) {
        if (!entry.safe) continue;
        entry.safe = false;
        this.#unsafe.add(entry);
        this.#writer.put(entry);
      }
    }
    this.#losses.setAside(aside, whileOpen ? lost : undefined);
  }

  #inTrouble(error: PoolError | undefined): void {
    this.#trouble = error;
    this.#losses.trouble(error);
  }

  get #needsNothing(): boolean {
    if (this.#ledger.count > this.#memory.size) return false;
    for (const entry of this.#memory.values()) if (entry.safe) return false;
    return true;
  }

  #expire(maxAgeMillis: number): void {
    const before = Date.now() - maxAgeMillis;
    for (let oldest = this.#ledger.oldest(); oldest !== undefined; oldest = this.#ledger.oldest()) {
      if ((this.#ledger.facts(oldest)?.time ?? Infinity) > before) return;
      this.#drop(
        oldest,
        new PoolError('QUEUE_EXPIRED', `It waited longer than ${maxAgeMillis / 1000} s in the outbox.`),
      );
    }
  }
}

function closedError(): PoolError {
  return new PoolError('CONNECTION_CLOSED', 'The outbox was closed before the message was safe or delivered.');
}

function stillWaiting(): PoolError {
  const text =
    'The profile was stopped before the message was delivered; it stays on disk and goes out when it starts again.';
  return new PoolError('OUTBOX_CLOSED', text);
}
