/**
 * What one reader knows of its processing list, so that after a reconnect it can tell what the server still did before
 * the connection broke: which acknowledgements it carried out, and what it moved there without our hearing of it.
 */

/** An item that is to be removed, because it has been dealt with. */
export interface Acknowledgement {
  readonly value: Buffer;
  /** The server has removed it. */
  readonly taken: () => void;
}

export class ProcessingList {
  /** The list as far as its replies are known, oldest first. */
  #known: Buffer[] = [];
  #waiting: Acknowledgement[] = [];
  #sent: Acknowledgement[] = [];
  /** How many items may have been moved here without our knowing. */
  #room = 0;

  get waiting(): number {
    return this.#waiting.length + this.#sent.length;
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.#waiting.push(acknowledgement);
  }

  /**
   * What to do next: the acknowledgements to carry out, and how many items to move at most. It is uncertain until
   * `exchanged` or `reconcile` is called. If the newest one known is to go, no item is moved in the same step: of
   * what is found at the end of the list after a reconnect nobody could tell whether it is old or new.
   */
  next(most: number, room: number): { readonly done: readonly Buffer[]; readonly room: number } {
    this.#sent = this.#waiting.splice(0, most);
    const newest = this.#known.at(-1);
    this.#room = newest && this.#sent.some(({ value }) => value.equals(newest)) ? 0 : room;
    return { done: this.#sent.map(({ value }) => value), room: this.#room };
  }

  /** The server has removed what was to be removed, and moved these. */
  exchanged(moved: readonly Buffer[]): void {
    const removed = this.#sent.splice(0);
    for (const { value } of removed) removeFirst(this.#known, value);
    this.#known.push(...moved);
    this.#room = 0;
    for (const { taken } of removed) taken();
  }

  /** The newest ones have left the list again. */
  movedBack(count: number): void {
    this.#known.splice(Math.max(0, this.#known.length - count));
  }

  /**
   * Compares with the list as it is. New items are appended and acknowledgements are carried out in their order, so the
   * list begins with the known one less the first few that were to be removed. Where several numbers fit (equal items),
   * the greatest is taken: at worst an item is delivered twice, but none is lost.
   *
   * @param kept items not to deliver: the receiver still has them, or gave them up
   * @returns the items to deliver, oldest first
   */
  reconcile(present: readonly Buffer[], kept: Iterable<Buffer>): Buffer[] {
    const expected = [...this.#known];
    const fits = () => startsWith(present, expected) && present.length - expected.length <= this.#room;
    let carriedOut = fits() ? 0 : undefined;
    for (const [index, { value }] of this.#sent.entries()) {
      removeFirst(expected, value);
      if (fits()) carriedOut = index + 1;
    }
    // If nothing fits, the list was changed by others: what is there is delivered, whatever we thought.
    const over = this.#sent.splice(0, carriedOut ?? this.#sent.length);
    this.#waiting.unshift(...this.#sent.splice(0));
    this.#known = [...present];
    this.#room = 0;
    for (const { taken } of over) taken();
    const rest = new Counts(kept);
    for (const { value } of this.#waiting) rest.add(value);
    return present.filter((value) => !rest.take(value));
  }

  /** Nothing more can be removed. How many acknowledgements were not carried out, as far as is known. */
  abandon(): number {
    const abandoned = [...this.#sent.splice(0), ...this.#waiting.splice(0)];
    for (const { taken } of abandoned) taken();
    return abandoned.length;
  }
}

/** How often each value occurs. */
class Counts {
  readonly #counts = new Map<string, number>();

  constructor(values: Iterable<Buffer>) {
    for (const value of values) this.add(value);
  }

  add(value: Buffer): void {
    const text = value.toString('latin1');
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }

  /** Takes one away, if there is one. */
  take(value: Buffer): boolean {
    const text = value.toString('latin1');
    const count = this.#counts.get(text) ?? 0;
    if (count === 0) return false;
    this.#counts.set(text, count - 1);
    return true;
  }
}

function removeFirst(values: Buffer[], value: Buffer): void {
  const index = values.findIndex((other) => other.equals(value));
  if (index >= 0) values.splice(index, 1);
}

function startsWith(values: readonly Buffer[], beginning: readonly Buffer[]): boolean {
  return beginning.length <= values.length && beginning.every((value, index) => values[index]?.equals(value) === true);
}
