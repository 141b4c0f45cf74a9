/**
 * Tells a link whose path has silently stopped forwarding (no FIN, no RST: a pulled cable, a firewall that forgot) from
 * one that merely has nothing to say: after a while without a byte the other side is asked for a sign of life, and if
 * none comes, nobody is there.
 */

/** Beats from the last byte to giving up: one that still saw that byte, one that asks, two to answer; and some slack. */
const BEATS = 4.5;
const SHORTEST_BEAT_MILLIS = 20;

export interface WatchedLink {
  /** All bytes read from the socket so far. */
  bytesRead(): number;
  /** Asks the other side for a sign of life; whatever it answers is one. */
  ask(): void;
  /** Nobody is there. Called once; the watch has ended. */
  silent(): void;
  /** Whether silence is as it should be for now. @default never */
  excused?(): boolean;
}

export class SilenceWatch {
  readonly #link: WatchedLink;
  readonly #timer: NodeJS.Timeout;
  #bytesRead = 0;
  #silentBeats = 0;
  #ended = false;

  /** @param withinMillis silence is noticed after this time at the latest; half of it is what an answer may take */
  constructor(link: WatchedLink, withinMillis: number) {
    this.#link = link;
    this.#timer = setInterval(() => this.#beat(), Math.max(SHORTEST_BEAT_MILLIS, withinMillis / BEATS));
    this.#timer.unref();
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (this.#heard() || this.#link.excused?.()) {
      this.#silentBeats = 0;
      return;
    }
    this.#silentBeats += 1;
    if (this.#silentBeats === 1) this.#link.ask();
    // One more turn: after a pause of this very process the answer may lie in the socket unread.
    else if (this.#silentBeats > 2) setImmediate(() => this.#giveUp());
  }

  #giveUp(): void {
    if (this.#ended || this.#heard()) return;
    this.end();
    this.#link.silent();
  }

  #heard(): boolean {
    const bytesRead = this.#link.bytesRead();
    const heard = bytesRead !== this.#bytesRead;
    if (heard) this.#silentBeats = 0;
    this.#bytesRead = bytesRead;
    return heard;
  }
}
