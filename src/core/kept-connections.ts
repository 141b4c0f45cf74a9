/**
 * Which connections stay open without leases, and at whose wish. The wish is a profile's (or a borrower's that has none),
 * not a lease's: leases come and go with every deploy. A profile keeps one connection: when its settings lead to another,
 * the old one is let go.
 */
export class KeptConnections {
  /** By keeper. */
  readonly #keys = new Map<string, string>();
  /** By key; never empty. */
  readonly #keepers = new Map<string, Set<string>>();

  /** Takes a keeper's wish down; returns the key it had wished to keep before, if that is another or ends. */
  wish(keeper: string, key: string, keep: boolean): string | undefined {
    const before = this.#keys.get(keeper);
    if (keep && before === key) return undefined;
    this.leave(keeper);
    if (keep) this.#add(keeper, key);
    return before;
  }

  /** The keeper is gone; returns the key it had wished to keep. */
  leave(keeper: string): string | undefined {
    const key = this.#keys.get(keeper);
    if (key === undefined) return undefined;
    this.#keys.delete(keeper);
    const keepers = this.#keepers.get(key);
    keepers?.delete(keeper);
    if (keepers?.size === 0) this.#keepers.delete(key);
    return key;
  }

  has(key: string): boolean {
    return this.#keepers.has(key);
  }

  keepersOf(key: string): string[] {
    return [...(this.#keepers.get(key) ?? [])];
  }

  /** The connection is closed for good. */
  forget(key: string): void {
    for (const keeper of this.keepersOf(key)) this.leave(keeper);
  }

  #add(keeper: string, key: string): void {
    this.#keys.set(keeper, key);
    const keepers = this.#keepers.get(key);
    if (keepers) keepers.add(keeper);
    else this.#keepers.set(key, new Set([keeper]));
  }
}
