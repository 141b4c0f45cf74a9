/**
 * A command as a client of ioredis queues and answers it, without the promise and the closures of the library's own
 * class: of a command there may be a hundred thousand a second. Not for clusters, whose client asks for more.
 */
import type { Command } from 'ioredis';
import type { RedisArgument, RedisReply, ReplyCallback } from './session';

/** Told of the answer to a command: what the client threw, or the reply in the shapes of RESP2. */
export type WireAnswered = (command: WireCommand, thrown: unknown, reply: RedisReply) => void;

/** What the client returns for each; nobody waits for it. */
const DONE = Promise.resolve();
const LENGTH_LINES: readonly string[] = Array.from({ length: 1024 }, (_, bytes) => `$${bytes}\r\n`);

export class WireCommand {
  readonly name: string;
  readonly args: readonly RedisArgument[];
  readonly promise = DONE;
  /** The client would trace the promise. */
  readonly isTraced = true;
  /** Whom the answer is for. */
  readonly answer: ReplyCallback;
  /** It may rightly take for ever. */
  readonly blocking: boolean;
  readonly #buffers: boolean;
  readonly #answered: WireAnswered;

  /**
   * @param name in upper case, unless it is one that the client keeps account of
   * @param buffers replies as buffers rather than text
   * @param answered called once; the same function for all commands of a connection
   */
  constructor(
    name: string,
    args: readonly RedisArgument[],
    buffers: boolean,
    answer: ReplyCallback,
    blocking: boolean,
    answered: WireAnswered,
  ) {
    this.name = name;
    this.args = args;
    this.answer = answer;
    this.blocking = blocking;
    this.#buffers = buffers;
    this.#answered = answered;
  }

  /** As `sendCommand` takes it: it uses no more than there is here. */
  get asCommand(): Command {
    return this as unknown as Command;
  }

  /** A reply in the shape that is wanted, or what was thrown. */
  answered(thrown: unknown, reply: RedisReply): void {
    this.#answered(this, thrown, reply);
  }

  /** The client's callback; the reply has buffers in it where RESP has text. */
  resolve(reply: RedisReply): void {
    this.#answered(this, undefined, this.#buffers ? reply : toText(reply));
  }

  /** The client's callback. */
  reject(thrown: unknown): void {
    this.#answered(this, thrown, null);
  }

  /** Called by the client before it sends; replies are in the shapes of RESP2 in any case. */
  setReplyContext(): void {
    return;
  }

  /** Called by the client to write it. */
  toWritable(): string | Buffer {
    let text = `*${this.args.length + 1}\r\n${lengthLine(this.name.length)}${this.name}\r\n`;
    let parts: (string | Buffer)[] | undefined;
    for (const arg of this.args) {
      if (Buffer.isBuffer(arg)) {
        parts ??= [];
        parts.push(text + lengthLine(arg.length), arg);
        text = '\r\n';
      } else {
        const value = typeof arg === 'string' ? arg : String(arg);
        text += `${lengthLine(Buffer.byteLength(value))}${value}\r\n`;
      }
    }
    return parts ? joined(parts, text) : text;
  }
}

/** The line before a text or bytes of so many bytes. */
function lengthLine(bytes: number): string {
  return LENGTH_LINES[bytes] ?? `$${bytes}\r\n`;
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
