/** Lanes that take one entry at a time; one that failed rests for a while, longer each time, without holding up others. */

const FIRST_REST_MILLIS = 100;
const LONGEST_REST_MILLIS = 10_000;

interface Lane {
  busy: boolean;
  /** How long it rested last. */
  restMillis: number;
  timer: NodeJS.Timeout | undefined;
}

export class Lanes {
  readonly #onFree: () => void;
  readonly #lanes = new Map<string, Lane>();

  /** @param onFree called when a lane has rested */
  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  isFree(name: string): boolean {
    const lane = this.#lanes.get(name);
    return !lane || (!lane.busy && !lane.timer);
  }

  take(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane) lane.busy = true;
    else this.#lanes.set(name, { busy: true, restMillis: 0, timer: undefined });
  }

  /** @param failed it is to rest */
  give(name: string, failed: boolean): void {
    const lane = this.#lanes.get(name);
    if (!lane) return;
    lane.busy = false;
    if (!failed) {
      this.#lanes.delete(name);
      return;
    }
    lane.restMillis = Math.min(Math.max(FIRST_REST_MILLIS, lane.restMillis * 2), LONGEST_REST_MILLIS);
    clearTimeout(lane.timer);
    lane.timer = setTimeout(() => {
      lane.timer = undefined;
      this.#onFree();
    }, lane.restMillis);
    lane.timer.unref();
  }

  close(): void {
    for (const { timer } of this.#lanes.values()) clearTimeout(timer);
    this.#lanes.clear();
  }
}
