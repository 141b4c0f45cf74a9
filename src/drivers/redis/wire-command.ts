/**
 * A command as a client of ioredis queues and answers it, without the promise and the closures of the library's own
 * class: of a command there may be a hundred thousand a second. Not for clusters, whose client asks for more.
 */
import type { Command } from 'ioredis';
import type { RedisArgument, RedisReply } from './session';

export type WireCallback = (thrown: unknown, reply: RedisReply) => void;

/** What the client returns for each; nobody waits for it. */
const DONE = Promise.resolve();

export class WireCommand {
  readonly name: string;
  readonly args: readonly RedisArgument[];
  readonly promise = DONE;
  /** The client would trace the promise. */
  readonly isTraced = true;
  readonly #buffers: boolean;
  readonly #answered: WireCallback;

  /**
   * @param name in upper case
   * @param buffers replies as buffers rather than text
   * @param answered called once, with what the client threw, or the reply in the shapes of RESP2
   */
  constructor(name: string, args: readonly RedisArgument[], buffers: boolean, answered: WireCallback) {
    this.name = name;
    this.args = args;
    this.#buffers = buffers;
    this.#answered = answered;
  }

  /** As `sendCommand` takes it: it uses no more than there is here. */
  get asCommand(): Command {
    return this as unknown as Command;
  }

  /** The client's callback; the reply has buffers in it where RESP has text. */
  resolve(reply: RedisReply): void {
    this.#answered(undefined, this.#buffers ? reply : toText(reply));
  }

  /** The client's callback. */
  reject(thrown: unknown): void {
    this.#answered(thrown, null);
  }

  /** Called by the client before it sends; replies are in the shapes of RESP2 in any case. */
  setReplyContext(): void {
    return;
  }

  /** Called by the client to write it. */
  toWritable(): string | Buffer {
    let text = `*${this.args.length + 1}\r\n$${this.name.length}\r\n${this.name}\r\n`;
    let parts: (string | Buffer)[] | undefined;
    for (const arg of this.args) {
      if (Buffer.isBuffer(arg)) {
        parts ??= [];
        parts.push(`${text}$${arg.length}\r\n`, arg);
        text = '\r\n';
      } else {
        const value = typeof arg === 'string' ? arg : String(arg);
        text += `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
      }
    }
    return parts ? joined(parts, text) : text;
  }
}

function toText(reply: RedisReply): RedisReply {
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  return Array.isArray(reply) ? reply.map(toText) : reply;
}

/** Texts and bytes in one buffer. */
function joined(parts: readonly (string | Buffer)[], end: string): Buffer {
  let length = Buffer.byteLength(end);
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  const whole = Buffer.allocUnsafe(length);
  let offset = 0;
  for (const part of parts) offset += typeof part === 'string' ? whole.write(part, offset) : part.copy(whole, offset);
  whole.write(end, offset);
  return whole;
}
