/**
 * Which connections stay open without leases, and at whose wish. The wish is a profile's (or a borrower's that has none),
 * not a lease's: leases come and go with every deploy. A profile keeps one connection: when its settings lead to another,
 * the old one is let go.
 */
export class KeptConnections {
  /** By keeper. */
  readonly #keys = new Map<string, string>();

  /** Takes a keeper's wish down; returns the key it had wished to keep before, if that is another or ends. */
  wish(keeper: string, key: string, keep: boolean): string | undefined {
    const before = this.#keys.get(keeper);
    if (keep) this.#keys.set(keeper, key);
    else this.#keys.delete(keeper);
    return before === undefined || (keep && before === key) ? undefined : before;
  }

  /** The keeper is gone; returns the key it had wished to keep. */
  leave(keeper: string): string | undefined {
    const key = this.#keys.get(keeper);
    this.#keys.delete(keeper);
    return key;
  }

  has(key: string): boolean {
    return this.keepersOf(key).length > 0;
  }

  keepersOf(key: string): string[] {
    return [...this.#keys].filter(([, kept]) => kept === key).map(([keeper]) => keeper);
  }

  /** The connection is closed for good. */
  forget(key: string): void {
    for (const [keeper, kept] of this.#keys) if (kept === key) this.#keys.delete(keeper);
  }
}
