/**
 * Sends what is in an outbox over one session: as many at once as its window allows, in order, paced after an outage, until
 * each is acknowledged. What fails for a reason that passes stays and is sent again.
 */
import type { DriverSession, QueueLimits } from '../../core/driver';
import type { PoolError } from '../../core/errors';
import type { Entry } from './entry';
import { Lanes } from './lanes';
import type { Outbox } from './outbox';
import { Pacer } from './pacer';
import type { OutboxProtocol } from './protocol';
import type { OutboxSettings } from './settings';
import { type Turn, Turns } from './turns';

/** Bytes under way at once. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** Entries read at once. */
const READ_AHEAD = 512;
/** How far it looks for an entry whose lane is free. */
const LOOK_AHEAD = 256;
const FIRST_PAUSE_MILLIS = 100;
const LONGEST_PAUSE_MILLIS = 10_000;
/** While entries are being sent, they may wait so long to be written: most are acknowledged before, and needn't be. */
const PATIENCE_MILLIS = 50;

export interface PumpSettings extends Pick<OutboxSettings, 'resendPriority' | 'resendRate' | 'resendMark'> {
  /** Of the session's own queue, which must never be full. */
  readonly queue: Partial<QueueLimits>;
}

/** A session that gives back what it has not sent. */
interface Leavable {
  withdraw?(): void;
}

export class Pump<Session extends DriverSession, Job> {
  readonly #outbox: Outbox<Job>;
  readonly #protocol: OutboxProtocol<Session, Job>;
  readonly #turns: Turns;
  readonly #pacer = new Pacer();
  /** What is under way; the value tells one sending of an entry from another. */
  readonly #underWay = new Map<Entry<Job>, object>();
  readonly #lanes = new Lanes(() => this.#feed());
  #bytes = 0;
  #settings: PumpSettings;
  #session: Session | undefined;
  #connected = false;
  #feeding = false;
  #loading = false;
  #pauseMillis = 0;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  /** Told when nothing is left. */
  onEmpty: (() => void) | undefined;

  constructor(outbox: Outbox<Job>, protocol: OutboxProtocol<Session, Job>, settings: PumpSettings) {
    this.#outbox = outbox;
    this.#protocol = protocol;
    this.#settings = settings;
    this.#turns = new Turns((from) => outbox.next(from));
    outbox.onAdded = () => this.#feed();
    outbox.onOpened = (last) => {
      this.#turns.begin(last);
      this.#feed();
    };
  }

  /** Whether entries that waited for the connection are still to be sent. */
  get hasBacklog(): boolean {
    return this.#turns.late() !== undefined;
  }

  configure(settings: PumpSettings): void {
    this.#settings = settings;
  }

  /** Undefined when the session is about to be left: all that is under way on it stays. */
  use(session: Session | undefined): void {
    if (this.#session === session) return;
    const left: (Session & Leavable) | undefined = this.#session;
    this.#session = undefined;
    // What it has not sent yet comes back now, so that it doesn't go twice.
    left?.withdraw?.();
    for (const entry of [...this.#underWay.keys()]) this.#putBack(entry);
    this.#session = session;
    if (session) this.#turns.begin(this.#outbox.last);
    this.#feed();
  }

  /** Entries are sent while the connection is there; what is under way when it goes is the session's to send again. */
  set connected(connected: boolean) {
    if (connected === this.#connected) return;
    this.#connected = connected;
    if (connected) {
      this.#turns.begin(this.#outbox.last);
      this.#goOn();
    } else {
      this.#outbox.patienceMillis = 0;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
    this.#again = undefined;
    this.#connected = false;
    this.#lanes.close();
    this.use(undefined);
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#feed();
  }

  #feed(): void {
    if (this.#feeding) return;
    this.#feeding = true;
    while (this.#session && this.#connected && !this.#timer && !this.#loading && this.#hasRoom) {
      const next = this.#choose();
      if (!next) break;
      this.#send(this.#session, next.entry, next.turn);
    }
    this.#feeding = false;
    const isQuick = this.#session !== undefined && this.#connected && !this.#timer;
    this.#outbox.patienceMillis = isQuick ? PATIENCE_MILLIS : 0;
  }

  get #hasRoom(): boolean {
    const { queue, resendRate } = this.#settings;
    const { maxCount = Infinity, maxBytes = Infinity } = queue;
    const paced = resendRate > 0 ? Math.ceil(resendRate) : Infinity;
    const window = Math.max(1, Math.min(this.#protocol.window, maxCount, paced));
    if (this.#underWay.size >= window) return false;
    return this.#underWay.size === 0 || this.#bytes < Math.min(WINDOW_BYTES, maxBytes / 2);
  }

  /** The next entry that may go now; undefined if none may, or it has to be read first. */
  #choose(): { entry: Entry<Job>; turn: Turn } | undefined {
    for (const first of this.#turns.candidates(this.#settings.resendPriority)) {
      let turn: Turn | undefined = first;
      for (let looked = 0; turn && looked < LOOK_AHEAD; looked += 1) {
        const entry = this.#outbox.entry(turn.number);
        if (!entry) {
          void this.#load(turn.number);
          return undefined;
        }
        if (this.#isFree(entry)) {
          if (!turn.late || this.#mayGo()) return { entry, turn };
          if (this.#timer) return undefined;
          break;
        }
        turn = this.#turns.after(turn);
      }
      // Further on there may be one of the same lane as one that is live: that comes first.
      if (turn && first.late && this.#settings.resendPriority === 'before') return undefined;
    }
    return undefined;
  }

  /** Whether one more of the backlog may go now; if not, it is looked at again when it may. */
  #mayGo(): boolean {
    const millis = this.#pacer.take(this.#settings.resendRate, performance.now());
    if (millis === 0) return true;
    if (this.#settings.resendPriority === 'before') this.#pause(millis);
    else this.#lookAgain(millis);
    return false;
  }

  #isFree({ sinkId, job }: Entry<Job>): boolean {
    return !this.#protocol.lane || this.#lanes.isFree(`${sinkId} ${this.#protocol.lane(job)}`);
  }

  async #load(from: number): Promise<void> {
    this.#loading = true;
    try {
      await this.#outbox.load(from, READ_AHEAD);
    } catch {
      // The outbox tells its troubles itself.
      this.#pause(FIRST_PAUSE_MILLIS);
    }
    this.#loading = false;
    this.#feed();
    this.#tellIfEmpty();
  }

  #send(session: Session, entry: Entry<Job>, turn: Turn): void {
    const sending = {};
    this.#outbox.takeOut(entry);
    this.#turns.taken(turn);
    this.#underWay.set(entry, sending);
    this.#bytes += entry.bytes;
    const lane = this.#protocol.lane && `${entry.sinkId} ${this.#protocol.lane(entry.job)}`;
    if (lane !== undefined) this.#lanes.take(lane);
    const mark = turn.late ? this.#settings.resendMark : undefined;
    const waitedMillis = Math.max(0, Date.now() - entry.time);
    this.#protocol.send(session, { job: entry.job, waitedMillis, mark }, (error, result) => {
      const failsForNow = error !== undefined && this.#protocol.isPassing(error);
      if (lane !== undefined) this.#lanes.give(lane, failsForNow);
      if (failsForNow) this.#failedForNow(entry, sending, lane !== undefined);
      else this.#answered(entry, sending, error, result);
    });
  }

  #failedForNow(entry: Entry<Job>, sending: object, hasLane: boolean): void {
    if (this.#underWay.get(entry) !== sending) return;
    this.#putBack(entry);
    if (!this.#session) return;
    if (hasLane) this.#feed();
    else this.#backOff();
  }

  #answered(entry: Entry<Job>, sending: object, error: PoolError | undefined, result: unknown): void {
    const isCurrent = this.#underWay.get(entry) === sending;
    // Of a session that was left: if the entry is under way again, it goes twice, but needn't go a third time.
    if (!isCurrent && error) return;
    if (isCurrent) this.#forget(entry);
    if (!error) this.#pauseMillis = 0;
    this.#outbox.settle(entry, error, result);
    this.#feed();
    this.#tellIfEmpty();
  }

  #putBack(entry: Entry<Job>): void {
    this.#forget(entry);
    this.#outbox.putBack(entry);
    this.#turns.back(entry.number);
  }

  #forget(entry: Entry<Job>): void {
    if (this.#underWay.delete(entry)) this.#bytes -= entry.bytes;
  }

  #backOff(): void {
    if (this.#timer) return;
    this.#pauseMillis = Math.min(Math.max(FIRST_PAUSE_MILLIS, this.#pauseMillis * 2), LONGEST_PAUSE_MILLIS);
    this.#pause(this.#pauseMillis);
  }

  /** Sends nothing for a while. */
  #pause(millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#goOn(), millis);
    this.#timer.unref();
  }

  /** Goes on sending what may go, and looks at the rest in a while. */
  #lookAgain(millis: number): void {
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.#feed();
    }, millis).unref();
  }

  #tellIfEmpty(): void {
    if (this.#outbox.count === 0 && !this.#loading) this.onEmpty?.();
  }
}
