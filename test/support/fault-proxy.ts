/** A TCP proxy that does to connections what networks do: delays, cuts, half-closes, freezes, truncates, throttles. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './ports';

/** Where bytes are on their way to. */
export type Direction = 'toServer' | 'toClient';

interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  /** Bytes that wait for their time, in order. */
  readonly waiting: { readonly bytes: Buffer; readonly dueAt: number }[];
  timer: NodeJS.Timeout | undefined;
}

const THROTTLE_TICK_MILLIS = 10;

export class FaultProxy {
  readonly port: number;
  /** Connections accepted so far. */
  accepted = 0;
  readonly #target: number;
  readonly #pipes = new Set<Pipe>();
  #server: Server | undefined;
  #refusing = false;
  #frozen = false;
  #delayMillis = 0;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #truncating: Direction | undefined;

  private constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(await freePort(), target);
    const server = createServer((near) => proxy.#join(near));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(proxy.port, '127.0.0.1', resolve);
    });
    proxy.#server = server;
    return proxy;
  }

  /** Connections open now. */
  get open(): number {
    return this.#pipes.size / 2;
  }

  async stop(): Promise<void> {
    this.#refusing = true;
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()));
    this.cut();
    await closed;
  }

  /** Breaks all connections; new ones are accepted. */
  cut(): void {
    for (const { from } of [...this.#pipes]) from.destroy();
  }

  /** Cuts connections as soon as they are made, and those that are there. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) this.cut();
  }

  /** Ends one direction with a FIN; the other goes on. */
  halfClose(direction: Direction): void {
    for (const pipe of this.#pipes) if (pipe.direction === direction) pipe.to.end();
  }

  /** Holds all bytes back without a word; `false` lets them flow on. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const { from } of this.#pipes) {
      if (frozen) from.pause();
      else from.resume();
    }
  }

  /** The next chunk in this direction is passed on by half, then its connection breaks. */
  truncateNext(direction: Direction): void {
    this.#truncating = direction;
  }

  /** Every byte arrives so much later. */
  delay(millis: number): void {
    this.#delayMillis = millis;
  }

  /** At most so many bytes per second and direction; Infinity for no limit. */
  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Ends all faults but what they have broken already. */
  heal(): void {
    this.#delayMillis = 0;
    this.#bytesPerSecond = Number.POSITIVE_INFINITY;
    this.#truncating = undefined;
    this.refuse(false);
    this.freeze(false);
  }

  #join(near: Socket): void {
    if (this.#refusing) return void near.destroy();
    this.accepted += 1;
    const far = connect(this.#target, '127.0.0.1');
    this.#pipe(near, far, 'toServer');
    this.#pipe(far, near, 'toClient');
  }

  #pipe(from: Socket, to: Socket, direction: Direction): void {
    const pipe: Pipe = { from, to, direction, waiting: [], timer: undefined };
    this.#pipes.add(pipe);
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => this.#take(pipe, bytes));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      clearTimeout(pipe.timer);
      to.destroySoon();
      this.#pipes.delete(pipe);
    });
    if (this.#frozen) from.pause();
  }

  #take(pipe: Pipe, bytes: Buffer): void {
    if (this.#truncating === pipe.direction) {
      this.#truncating = undefined;
      pipe.to.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => pipe.from.destroy());
      return;
    }
    const isSlow = this.#delayMillis > 0 || this.#bytesPerSecond !== Number.POSITIVE_INFINITY;
    if (!isSlow && pipe.waiting.length === 0) {
      pipe.to.write(bytes);
      return;
    }
    pipe.waiting.push({ bytes, dueAt: Date.now() + this.#delayMillis });
    this.#pump(pipe);
  }

  /** Passes on what is due, as much as the throttle allows in one tick. */
  #pump(pipe: Pipe): void {
    if (pipe.timer) return;
    let allowance = Math.max(1, (this.#bytesPerSecond * THROTTLE_TICK_MILLIS) / 1000);
    for (let next = pipe.waiting[0]; next && allowance > 0 && next.dueAt <= Date.now(); next = pipe.waiting[0]) {
      const part = next.bytes.subarray(0, Math.min(next.bytes.length, allowance));
      allowance -= part.length;
      pipe.waiting.shift();
      if (part.length < next.bytes.length) {
        pipe.waiting.unshift({ bytes: next.bytes.subarray(part.length), dueAt: next.dueAt });
      }
      pipe.to.write(part);
    }
    if (pipe.waiting.length === 0) return;
    pipe.timer = setTimeout(() => {
      pipe.timer = undefined;
      this.#pump(pipe);
    }, THROTTLE_TICK_MILLIS);
  }
}
