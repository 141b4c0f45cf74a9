/**
 * What waits to be sent for one profile, on disk: entries are added within limits, given to whoever sends them, in order,
 * and leave when they are delivered. Knows no protocol and no connection.
 */
import { PoolError } from '../../core/errors';
import { AgeWatch } from './age-watch';
import { Contents } from './contents';
import { openLevel } from './disk';
import { closedError, Entry, stillWaiting, type Waiter } from './entry';
import { decodeValue, sinkMark } from './entry-format';
import type { EntryFacts, Ledger } from './ledger';
import { Losses, type OutboxCounters, type OutboxReports } from './losses';
import type { SetAside } from './open-store';
import { type Limits, makeRoom, type MemoryLimits } from './room';
import { Writer, type WriterOptions } from './writer';
import { t } from '../../core/wording';

/** Entries on disk that stay in memory, too, because they are sent soon. */
const KEPT_IN_MEMORY = 4_096;
const RETRY_MILLIS = 5_000;

export interface OutboxOptions extends Partial<WriterOptions> {
  readonly folder: string;
  readonly limits: Limits;
  /** Of what is in memory only, while the disk can't take it. */
  readonly memory: MemoryLimits;
}

export class Outbox<Job> {
  readonly folder: string;
  readonly counters: OutboxCounters = { added: 0, delivered: 0, dropped: 0, failed: 0 };
  readonly #losses: Losses;
  readonly #writer: Writer<Job>;
  #limits: Limits;
  readonly #contents: Contents<Job>;
  /** Added before the store was open. */
  #early: [Entry<Job>, Waiter][] = [];
  #opening: Promise<void> | undefined;
  #ready = false;
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
    this.#contents = new Contents(memory);
    this.#ages.maxAgeMillis = limits.maxAgeMillis;
    this.#losses = new Losses(reports);
    this.#writer = new Writer<Job>(
      { folder, open, retryMillis },
      {
        opened: (ledger) => this.#opened(ledger),
        safe: (entries) => this.#safe(entries),
        setAside: (aside, whileOpen) => this.#setAside(aside, whileOpen),
        trouble: (error) => this.#inTrouble(error),
        needsNothing: () => this.#contents.needsNothing,
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
    this.#contents.unsafe.limits = memory;
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
      const refusal = this.#contents.unsafe.refusal(bytes, this.#trouble);
      if (refusal) return this.#refuse(entry, waiter, refusal);
      this.#contents.unsafe.add(entry);
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
    return this.#contents.entry(number);
  }

  /** Brings so many entries into memory. Those that are broken are given up. */
  async load(from: number, count: number): Promise<void> {
    const wanted: EntryFacts[] = [];
    for (let number = this.next(from); number !== undefined && wanted.length < count; number = this.next(number + 1)) {
      const facts = this.#contents.entry(number) ? undefined : this.#ledger.facts(number);
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
      if (this.#ledger.isStored(facts.number) && !this.#contents.entry(facts.number))
        this.#remember(facts, values[index]);
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
    for (const [waiter, entry] of this.#contents.takeWaiters()) {
      waiter.done(entry?.safe === false ? closedError() : stillWaiting());
    }
  }

  #admitEarly(): void {
    this.#ready = true;
    const early = this.#early;
    this.#early = [];
    for (const [entry, waiter] of early) {
      this.#contents.unsafe.remove(entry);
      this.#admit(entry, waiter);
    }
    this.#ages.begin();
    this.onAdded?.();
  }

  #admit(entry: Entry<Job>, waiter: Waiter): boolean {
    const drop = (number: number, error: PoolError) => this.#drop(number, error);
    const refusal =
      makeRoom(this.#ledger, entry.bytes, this.#limits, drop) ??
      this.#contents.unsafe.refusal(entry.bytes, this.#trouble);
    if (refusal) {
      this.#refuse(entry, waiter, refusal);
      return false;
    }
    this.#contents.add(entry, waiter);
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
    const waiter = this.#take(this.#contents.entry(number) ?? facts);
    this.counters.dropped += 1;
    this.#losses.dropped(facts.sink, waiter ? undefined : error);
    waiter?.done(error);
  }

  #take(entry: Entry<Job> | EntryFacts): Waiter | undefined {
    const waiter = this.#contents.take(entry);
    if (entry instanceof Entry) this.#writer.forget(entry);
    else this.#writer.remove(entry);
    return waiter;
  }

  #safe(entries: readonly Entry<Job>[]): void {
    const contents = this.#contents;
    for (const entry of entries) {
      const { number } = entry;
      contents.unsafe.remove(entry);
      if (contents.inMemory > KEPT_IN_MEMORY && contents.ledger.isStored(number)) contents.forget(entry);
      if (contents.waiter(number)?.doneWhen === 'safe') contents.takeWaiter(number)?.done();
    }
  }

  #remember(facts: EntryFacts, value: Uint8Array | undefined): void {
    try {
      if (!value) throw new PoolError('OUTBOX_BROKEN', t`An entry of the outbox is missing.`);
      const { sink, job } = decodeValue(value);
      const entry = new Entry(sink, facts.sink, job as Job, facts.bytes, facts.time);
      entry.number = facts.number;
      entry.safe = true;
      this.#contents.remember(entry);
    } catch (thrown) {
      this.#drop(facts.number, PoolError.from(thrown, 'OUTBOX_BROKEN'));
    }
  }

  /** The store is open: what was added meanwhile, because it couldn't be opened before, comes after what is in it. */
  #opened(found: Ledger): void {
    const { last } = found;
    this.#contents.opened(found);
    this.#ages.begin();
    this.onOpened?.(last);
  }

  #setAside(aside: SetAside, whileOpen: boolean): void {
    if (!whileOpen) return this.#losses.setAside(aside, undefined);
    const { lost, again } = this.#contents.diskLost(aside.reason);
    for (const entry of again) this.#writer.put(entry);
    this.#losses.setAside(aside, lost);
  }

  #inTrouble(error: PoolError | undefined): void {
    this.#trouble = error;
    this.#losses.trouble(error);
  }

  get #ledger(): Ledger {
    return this.#contents.ledger;
  }

  #expire(maxAgeMillis: number): void {
    const before = Date.now() - maxAgeMillis;
    for (let oldest = this.#ledger.oldest(); oldest !== undefined; oldest = this.#ledger.oldest()) {
      if ((this.#ledger.facts(oldest)?.time ?? Infinity) > before) return;
      this.#drop(
        oldest,
        new PoolError('QUEUE_EXPIRED', t`It waited longer than ${maxAgeMillis / 1000} s in the outbox.`),
      );
    }
  }
}
