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

  get waiting(): number {
    return this.#waiting.length + this.#sent.length;
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.#waiting.push(acknowledgement);
  }

  /** The acknowledgements to send now; they are uncertain until `removed` or `reconcile` is called. */
  take(most: number): readonly Acknowledgement[] {
    const taken = this.#waiting.splice(0, most);
    this.#sent.push(...taken);
    return taken;
  }

  /** What was taken has been removed by the server. */
  removed(): void {
    const removed = this.#sent.splice(0);
    for (const { value } of removed) removeFirst(this.#known, value);
    for (const { taken } of removed) taken();
  }

  moved(values: readonly Buffer[]): void {
    this.#known.push(...values);
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
    let carriedOut = startsWith(present, expected) ? 0 : undefined;
    for (const [index, { value }] of this.#sent.entries()) {
      removeFirst(expected, value);
      if (startsWith(present, expected)) carriedOut = index + 1;
    }
    // If nothing fits, the list was changed by others: what is there is delivered, whatever we thought.
    const over = this.#sent.splice(0, carriedOut ?? this.#sent.length);
    this.#waiting.unshift(...this.#sent.splice(0));
    this.#known = [...present];
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
