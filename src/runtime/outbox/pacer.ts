/** So many a second, evenly: what has not been used for a while doesn't add up to a flood. */

/** How much may go at once, as a part of a second. */
const BURST_SECONDS = 0.05;

export class Pacer {
  #perSecond = 0;
  #tokens = 0;
  #since = 0;

  /** How long to wait before the next one, in milliseconds; 0 if it may go now, which it then does. */
  take(perSecond: number, now: number): number {
    if (perSecond <= 0) return 0;
    const burst = Math.max(1, perSecond * BURST_SECONDS);
    if (perSecond !== this.#perSecond) {
      this.#perSecond = perSecond;
      this.#tokens = burst;
    } else {
      this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#since) * perSecond) / 1000);
    }
    this.#since = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1000) / perSecond);
    this.#tokens -= 1;
    return 0;
  }
}
