/** Collects things into arrays, by count and by time since the first. */
export class Batcher<T> {
  readonly #count: number;
  readonly #millis: number;
  readonly #emit: (batch: T[]) => void;
  #collected: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param count how many make an array
   * @param millis how long after its first one an array is complete in any case; 0 for no such limit
   */
  constructor(count: number, millis: number, emit: (batch: T[]) => void) {
    this.#count = count;
    this.#millis = millis;
    this.#emit = emit;
  }

  add(thing: T): void {
    this.#collected.push(thing);
    if (this.#collected.length >= this.#count) return this.flush();
    if (this.#millis === 0 || this.#timer) return;
    this.#timer = setTimeout(() => this.flush(), this.#millis);
    this.#timer.unref();
  }

  /** What has been collected is an array now. */
  flush(): void {
    const batch = this.take();
    if (batch.length > 0) this.#emit(batch);
  }

  /** Takes away what has been collected. */
  take(): T[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#collected;
    this.#collected = [];
    return batch;
  }
}
