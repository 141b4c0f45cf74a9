/** How many entries to ask for at once, so that big ones don't fill memory: the server knows no limit in bytes. */
import { sizeOf, type StreamEntry } from './stream-replies';

const BYTES_PER_READ = 8 * 1024 * 1024;
/** Beyond it an entry must not ride on the event socket: a few score at once are too much for a subscribed one. */
const BIG_BYTES = 256 * 1024;

export class ReadSize {
  readonly #count: number;
  #averageBytes = 0;

  constructor(count: number) {
    this.#count = Math.max(1, Math.floor(count));
  }

  /** Entries to ask for now. */
  get count(): number {
    if (this.#averageBytes === 0) return this.#count;
    return Math.max(1, Math.min(this.#count, Math.floor(BYTES_PER_READ / this.#averageBytes)));
  }

  /** Takes note of what a read has brought. */
  note(entries: readonly StreamEntry[]): { readonly bytes: number; readonly big: boolean } {
    let bytes = 0;
    let big = false;
    for (const entry of entries) {
      const size = sizeOf(entry);
      bytes += size;
      big ||= size > BIG_BYTES;
    }
    if (entries.length > 0) this.#averageBytes = Math.max(bytes / entries.length, this.#averageBytes * 0.9);
    return { bytes, big };
  }
}
