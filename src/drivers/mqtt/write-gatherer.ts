/**
 * Gathers the many small writes of one turn of the event loop (mqtt.js makes about six for every PUBLISH, and Node-RED
 * hands over every message in a turn of its own) and gives them to the socket as one buffer: one system call, and one
 * TLS record or WebSocket frame, instead of one for each message.
 */
import type { Duplex } from 'node:stream';

const POOL_BYTES = 64 * 1024;
/** Larger chunks are passed on as they are: copying would cost more than it saves. */
const LARGE_BYTES = 8 * 1024;
/** Up to here a loop copies faster than a call. */
const TINY_BYTES = 8;

export class WriteGatherer {
  readonly #stream: Duplex;
  readonly #write: Duplex['write'];
  readonly #onWritten: (taken: boolean) => void;
  #pool = Buffer.allocUnsafeSlow(POOL_BYTES);
  #start = 0;
  #end = 0;
  #planned = false;

  /**
   * Takes the stream's writing over.
   *
   * @param onWritten told when the writes of a turn were given to the stream, and whether it has taken them to the end;
   *   told again, with true, when it has
   */
  constructor(stream: Duplex, onWritten: (taken: boolean) => void) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream);
    this.#onWritten = onWritten;
    const end = stream.end.bind(stream);
    stream.write = this.#gather as Duplex['write'];
    stream.end = ((...rest: Parameters<typeof end>) => {
      this.#flush();
      return end(...rest);
    }) as Duplex['end'];
    // What mqtt.js corks is gathered anyway.
    stream.cork = stream.uncork = () => undefined;
    stream.on('drain', () => onWritten(true));
  }

  readonly #gather = (chunk: string | Buffer, encoding?: BufferEncoding): boolean => {
    this.#plan();
    const isText = typeof chunk === 'string';
    const most = isText ? chunk.length * 3 : chunk.length;
    if (most > LARGE_BYTES) {
      this.#flush();
      if (isText) this.#write(chunk, encoding ?? 'utf8');
      else this.#write(chunk);
    } else {
      if (this.#end + most > this.#pool.length) this.#renewPool();
      if (isText) this.#end += this.#pool.write(chunk, this.#end, encoding ?? 'utf8');
      else this.#copy(chunk);
    }
    return !this.#stream.writableNeedDrain;
  };

  #copy(chunk: Buffer): void {
    const { length } = chunk;
    if (length <= TINY_BYTES) {
      for (let index = 0; index < length; index += 1) this.#pool[this.#end + index] = chunk[index] as number;
    } else {
      this.#pool.set(chunk, this.#end);
    }
    this.#end += length;
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#flush();
      if (!this.#stream.destroyed) this.#onWritten(!this.#stream.writableNeedDrain);
    });
  }

  #flush(): void {
    if (this.#end === this.#start || this.#stream.destroyed) return;
    this.#write(this.#pool.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  /** The old one belongs to the socket, which may not have sent it yet. */
  #renewPool(): void {
    this.#flush();
    this.#pool = Buffer.allocUnsafeSlow(POOL_BYTES);
    this.#start = 0;
    this.#end = 0;
  }
}
