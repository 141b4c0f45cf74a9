/** Reads a stream from a position on. The position is kept over reconnects, so nothing added meanwhile is missed. */
import type { ReadHandlers, StreamRequest } from '../reading';
import { FIRST_ID } from './entry-id';
import { lastIdOf } from './last-id';
import { ReadSize } from './read-size';
import type { SharedReads } from './shared-reads';
import { DEFAULT_COUNT, type ReaderTools, StreamReader } from './stream-reader';

export class PlainReader extends StreamReader<StreamRequest> {
  readonly #reads: SharedReads;
  readonly #size: ReadSize;
  #positioned = false;

  constructor(request: StreamRequest, handlers: ReadHandlers, tools: ReaderTools, reads: SharedReads) {
    super(request, handlers, tools);
    this.#reads = reads;
    this.#size = new ReadSize(request.count ?? DEFAULT_COUNT);
  }

  get unacknowledged(): number {
    return 0;
  }

  get position(): string | undefined {
    return this.#positioned ? this.after : undefined;
  }

  protected async read(): Promise<void> {
    await this.#findPosition();
    while (this.reading) {
      const { count } = this.#size;
      const { entries, items } = await this.#reads.read(this.key, this.after, count);
      const last = entries.at(-1);
      if (this.closed) return;
      this.setState({ kind: 'active' });
      if (last) {
        this.after = last.id;
        const { bytes, big } = this.#size.note(entries);
        this.polled ||= big;
        const handled = this.deliver(items, bytes);
        if (handled) await handled;
      }
      if (entries.length < count && this.reading) {
        this.tools.bell.arm(this);
        return;
      }
    }
  }

  async #findPosition(): Promise<void> {
    if (this.#positioned) return;
    const { position } = this.request;
    this.after = position === '$' ? ((await lastIdOf(this.tools.parts, this.key)) ?? FIRST_ID) : position;
    this.#positioned = true;
  }
}
