/** Looks for entries that have waited too long, when the oldest is due. */

/** The shortest time between two looks. */
const SHORTEST_MILLIS = 50;
const LONGEST_MILLIS = 0x7fffffff;

export class AgeWatch {
  readonly #oldestTime: () => number | undefined;
  readonly #expire: (maxAgeMillis: number) => void;
  #maxAgeMillis = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param oldestTime when the oldest entry was added
   * @param expire is to give up all that are older
   */
  constructor(oldestTime: () => number | undefined, expire: (maxAgeMillis: number) => void) {
    this.#oldestTime = oldestTime;
    this.#expire = expire;
  }

  /** 0 for no limit. */
  set maxAgeMillis(millis: number) {
    this.#maxAgeMillis = millis;
    this.stop();
    this.begin();
  }

  /** There may be an entry now. */
  begin(): void {
    if (this.#maxAgeMillis === 0 || this.#timer) return;
    const oldest = this.#oldestTime();
    if (oldest === undefined) return;
    const due = Math.max(SHORTEST_MILLIS, oldest + this.#maxAgeMillis - Date.now());
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#expire(this.#maxAgeMillis);
        this.begin();
      },
      Math.min(due, LONGEST_MILLIS),
    );
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
