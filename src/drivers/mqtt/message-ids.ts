/**
 * Packet identifiers (MQTT 5.0, 2.2.1) for mqtt.js: none is used twice at a time, and a message that is sent again in
 * the same session keeps the one it had.
 */
export class MessageIds {
  readonly #used = new Set<number>();
  #last = 0;
  #forced: number | undefined;

  /** The next `allocate` returns this identifier. */
  force(id: number): void {
    this.#forced = id;
  }

  /** The identifiers of a resumed session's unfinished messages: not to be given to others. */
  reserve(ids: Iterable<number>): void {
    for (const id of ids) this.#used.add(id);
  }

  allocate(): number | null {
    if (this.#forced !== undefined) {
      this.#last = this.#forced;
      this.#forced = undefined;
      this.#used.add(this.#last);
      return this.#last;
    }
    if (this.#used.size >= 65_535) return null;
    do this.#last = (this.#last % 65_535) + 1;
    while (this.#used.has(this.#last));
    this.#used.add(this.#last);
    return this.#last;
  }

  getLastAllocated(): number | null {
    return this.#last || null;
  }

  register(id: number): boolean {
    this.#used.add(id);
    return true;
  }

  deallocate(id: number): void {
    this.#used.delete(id);
  }

  /** mqtt.js calls this at every CONNACK; reservations are made afterwards. */
  clear(): void {
    this.#used.clear();
  }
}
