/**
 * Brings entries to disk and off it, all that has gathered in one write. While the disk can't take them (full, in use by
 * another process, broken) they stay in memory, and it is tried again.
 */
import { PoolError } from '../../core/errors';
import { type Disk, type Put, removeDisk } from './disk';
import type { Entry } from './entry';
import { encodeKey, encodeValue } from './entry-format';
import type { EntryFacts, Ledger } from './ledger';
import { moveAside, openStore, type SetAside } from './open-store';
import type { OpenDisk } from './disk';
import { t } from '../../core/wording';

/** How much goes into one write. */
const MAX_ENTRIES = 4_096;
const MAX_BYTES = 8 * 1024 * 1024;
/** More than so many are written at once, however likely it is that they are delivered. */
const MAX_PATIENT = 16_384;
/** How long the removal of what is delivered may wait for something to go with. */
const REMOVAL_MILLIS = 50;

export interface WriterHandlers<Job> {
  /** The store is open for the first time, with what it holds. */
  opened(ledger: Ledger): void;
  /** These entries are on disk. */
  safe(entries: readonly Entry<Job>[]): void;
  /** The store is broken and set aside: what was in it alone is gone. All that is in memory is to be put again. */
  setAside(aside: SetAside, whileOpen: boolean): void;
  /** Why entries stay in memory for now; undefined when they don't any more. */
  trouble(error: PoolError | undefined): void;
  /** Whether all entries are in memory, so that what is on disk may go. */
  needsNothing(): boolean;
}

export interface WriterOptions {
  readonly folder: string;
  readonly open: OpenDisk;
  /** @default 5000 */
  readonly retryMillis: number;
}

export class Writer<Job> {
  readonly #options: WriterOptions;
  readonly #handlers: WriterHandlers<Job>;
  #disk: Disk | undefined;
  #opened = false;
  #trouble: PoolError | undefined;
  readonly #puts = new Set<Entry<Job>>();
  #removals: Buffer[] = [];
  #working: Promise<void> | undefined;
  /** The store is being opened, or exchanged for another one. */
  #exchange: Promise<void> | undefined;
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #laterMillis = 0;
  #closed = false;
  #patienceMillis = 0;

  constructor(options: WriterOptions, handlers: WriterHandlers<Job>) {
    this.#options = options;
    this.#handlers = handlers;
  }

  /** Settles when the store is open, or can't be opened for now. */
  async open(): Promise<void> {
    await this.#exchanging(() => this.#tryToOpen());
  }

  get patienceMillis(): number {
    return this.#patienceMillis;
  }

  /** How long an entry may wait to be written: it may be delivered before, and then needn't be. In milliseconds. */
  set patienceMillis(millis: number) {
    if (millis === this.#patienceMillis) return;
    this.#patienceMillis = millis;
    if (millis === 0 && this.#puts.size > 0) this.#wake();
  }

  put(entry: Entry<Job>): void {
    this.#puts.add(entry);
    this.#wake();
  }

  /** The entry needn't be on disk any more. */
  forget(entry: Entry<Job>): void {
    if (this.#puts.delete(entry) || entry.writing) return;
    this.remove(entry);
  }

  /** The same for one that is on disk for sure. */
  remove(facts: EntryFacts): void {
    this.#removals.push(encodeKey(facts));
    this.#wake();
  }

  /** @throws PoolError `OUTBOX_UNAVAILABLE`, `OUTBOX_BROKEN` */
  async read(facts: readonly EntryFacts[]): Promise<(Uint8Array | undefined)[]> {
    await this.#exchange;
    if (!this.#disk) throw this.#trouble ?? new PoolError('OUTBOX_UNAVAILABLE', t`The outbox is not open.`);
    return this.#disk.read(facts.map((one) => encodeKey(one)));
  }

  /** The store turned out to be broken while it was read. */
  async broken(reason: PoolError): Promise<void> {
    while (this.#working || this.#exchange) await (this.#working ?? this.#exchange);
    await this.#exchanging(() => this.#replace(reason));
  }

  /** Writes what it can, closes the store, and takes it away if nothing is in it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    while (this.#working || this.#exchange) await (this.#working ?? this.#exchange);
    if (this.#disk && !this.#trouble) await this.#work();
    const isEmpty = this.#opened && this.#handlers.needsNothing() && this.#puts.size === 0;
    await this.#closeDisk();
    if (isEmpty) await removeDisk(this.#options.folder);
  }

  #wake(): void {
    if (this.#closed || this.#working || this.#exchange || this.#trouble || this.#soon) return;
    const millis = this.#dueInMillis();
    if (millis === undefined) return;
    if (millis === 0) {
      this.#cancel();
      this.#soon = setImmediate(() => this.#begin());
    } else if (!this.#later || millis < this.#laterMillis) {
      clearTimeout(this.#later);
      this.#laterMillis = millis;
      this.#later = setTimeout(() => this.#begin(), millis);
      this.#later.unref();
    }
  }

  /** When there is something to write; undefined if there is nothing. */
  #dueInMillis(): number | undefined {
    if (this.patienceMillis === 0 && this.#puts.size > 0) return 0;
    if (this.#puts.size > MAX_PATIENT) return 0;
    const [oldest] = this.#puts;
    if (oldest) return Math.max(0, Math.min(this.patienceMillis, oldest.time + this.patienceMillis - Date.now()));
    return this.#removals.length === 0 ? undefined : REMOVAL_MILLIS;
  }

  #begin(): void {
    this.#cancel();
    if (this.#working || this.#exchange) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      this.#wake();
    });
  }

  async #work(): Promise<void> {
    do {
      if (this.#disk && !this.#trouble) await this.#writeSome(this.#disk);
    } while (this.#disk && !this.#trouble && (this.#closed ? !this.#isIdle : this.#dueInMillis() === 0));
  }

  async #writeSome(disk: Disk): Promise<void> {
    const entries: Entry<Job>[] = [];
    const puts: Put[] = [];
    let bytes = 0;
    const patient = this.#closed || this.#trouble || this.#puts.size > MAX_PATIENT ? 0 : this.patienceMillis;
    const latest = patient === 0 ? Infinity : Date.now() - patient;
    for (const entry of this.#puts) {
      if (puts.length >= MAX_ENTRIES || bytes >= MAX_BYTES || entry.time > latest) break;
      this.#puts.delete(entry);
      entry.writing = true;
      entries.push(entry);
      const value = encodeValue({ sink: entry.sinkId, job: entry.job });
      bytes += value.length;
      puts.push({ key: encodeKey(entry), value });
    }
    const removals = this.#removals;
    this.#removals = [];
    let failure: PoolError | undefined;
    try {
      await disk.write(puts, removals, puts.length > 0);
    } catch (thrown) {
      failure = PoolError.from(thrown, 'OUTBOX_UNAVAILABLE');
    }
    for (const entry of entries) entry.writing = false;
    if (failure) {
      // Some of it may have been written: what is gone is removed in any case.
      for (const entry of entries) {
        if (entry.gone) removals.push(encodeKey(entry));
        else this.#puts.add(entry);
      }
      this.#removals = [...removals, ...this.#removals];
      if (failure.code === 'OUTBOX_BROKEN') await this.#exchanging(() => this.#replace(failure));
      else this.#inTrouble(failure);
      return;
    }
    for (const entry of entries) {
      if (entry.gone) this.#removals.push(encodeKey(entry));
      else entry.safe = true;
    }
    this.#handlers.safe(entries.filter((entry) => entry.safe && !entry.gone));
  }

  get #isIdle(): boolean {
    return this.#puts.size === 0 && this.#removals.length === 0;
  }

  #inTrouble(error: PoolError): void {
    const isNew = this.#trouble === undefined;
    this.#trouble = error;
    if (isNew) this.#handlers.trouble(error);
    if (this.#closed) return;
    this.#cancel();
    this.#later = setTimeout(() => this.#retry(), this.#options.retryMillis);
    this.#later.unref();
  }

  /** A store that failed to write must be opened anew before it can be relied on again. */
  #retry(): void {
    this.#cancel();
    void this.#exchanging(async () => {
      await this.#closeDisk();
      if (this.#opened && this.#handlers.needsNothing()) await this.#clear();
      await this.#tryToOpen();
    });
  }

  async #exchanging(action: () => Promise<void>): Promise<void> {
    this.#exchange = action();
    try {
      await this.#exchange;
    } catch (thrown) {
      this.#inTrouble(PoolError.from(thrown, 'OUTBOX_UNAVAILABLE'));
    }
    this.#exchange = undefined;
    this.#wake();
  }

  /** Nothing on disk is needed: on a full one, that makes room. */
  async #clear(): Promise<void> {
    await removeDisk(this.#options.folder);
    this.#removals = [];
  }

  async #tryToOpen(): Promise<void> {
    try {
      const { disk, ledger, setAside } = await openStore(this.#options.folder, this.#options.open);
      this.#disk = disk;
      if (setAside) this.#handlers.setAside(setAside, this.#opened);
      if (!this.#opened) this.#handlers.opened(ledger);
      this.#opened = true;
    } catch (thrown) {
      return this.#inTrouble(PoolError.from(thrown, 'OUTBOX_UNAVAILABLE'));
    }
    if (!this.#trouble) return;
    await this.#prove();
  }

  /** Over only when something could be written, or it would be told again and again. */
  async #prove(): Promise<void> {
    const disk = this.#disk;
    if (!disk) return;
    const before = this.#trouble;
    await this.#writeSome(disk);
    if (this.#trouble !== before) return;
    this.#trouble = undefined;
    this.#handlers.trouble(undefined);
  }

  async #replace(reason: PoolError): Promise<void> {
    await this.#closeDisk();
    try {
      const folder = await moveAside(this.#options.folder);
      this.#removals = [];
      this.#handlers.setAside({ folder, reason }, true);
    } catch (thrown) {
      return this.#inTrouble(PoolError.from(thrown));
    }
    await this.#tryToOpen();
  }

  async #closeDisk(): Promise<void> {
    const disk = this.#disk;
    this.#disk = undefined;
    try {
      await disk?.close();
    } catch {
      // It is left behind in any case; opening it again will tell what is wrong with it.
    }
  }

  #cancel(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
  }
}
