/**
 * What has arrived, told by numbers that are counted up per key: a message that arrives twice is found out, and can't
 * make up for one that is missing.
 */
export class Arrivals {
  /** Messages that arrived, each once. */
  received = 0;
  /** Messages that arrived once more. */
  duplicates = 0;
  #seen = new Map();

  /**
   * @param {string} key
   * @param {number} n 1 for the first message of the key
   */
  note(key, n) {
    let seen = this.#seen.get(key);
    if (!seen) this.#seen.set(key, (seen = { last: 0, missing: new Set() }));
    if (n > seen.last) {
      for (let skipped = seen.last + 1; skipped < n; skipped += 1) seen.missing.add(skipped);
      seen.last = n;
    } else if (!seen.missing.delete(n)) {
      this.duplicates += 1;
      return;
    }
    this.received += 1;
  }
}
