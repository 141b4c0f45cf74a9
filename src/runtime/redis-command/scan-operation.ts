/** Scans: what is in a database, a hash, a set or a sorted set, page by page, as a sequence of messages. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisReply, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { readText } from '../settings-readers';
import type { TypedInputs } from '../typed-inputs';
import {
  bytesOf,
  type Operation,
  type OperationParts,
  readCount,
  readFormat,
  readInputs,
  readSendOptions,
  resolveInputs,
  type Send,
} from './operation';
import { leafReader } from './read-reply';
import type { Leaf } from './reply-shapes';
import { readPage, pageCommand, type ScanKind, type ScanPage, type ScanRequest, toScanRequest } from './scan-pages';
import { ScanSequence, type SequenceParts } from './scan-sequence';
import { Target } from './target';

const DEFAULT_COUNT = 100;
const KINDS: ReadonlySet<string> = new Set<ScanKind>(['SCAN', 'HSCAN', 'SSCAN', 'ZSCAN']);

export class ScanOperation implements Operation {
  readonly #parts: OperationParts;
  readonly #kind: ScanKind;
  readonly #count: number;
  readonly #type: string;
  readonly #inputs: TypedInputs<'key' | 'match'>;
  readonly #options: SendOptions;
  readonly #leaf: Leaf;
  readonly #name: Leaf;
  readonly #sequence: Omit<SequenceParts, 'send'>;
  readonly #running = new Set<Scan>();

  constructor(parts: OperationParts) {
    const { settings, util } = parts;
    const kind = readText(settings, 'scan');
    this.#parts = parts;
    this.#kind = KINDS.has(kind) ? (kind as ScanKind) : 'SCAN';
    this.#count = readCount(settings, 'count', DEFAULT_COUNT);
    this.#type = readText(settings, 'typeOfKey');
    this.#inputs = readInputs(parts, { key: { value: 'topic', type: 'msg' }, match: { type: 'str' } });
    const format = readFormat(settings);
    this.#options = { ...readSendOptions(settings, format), resend: 'always' };
    this.#leaf = leafReader(format);
    this.#name = leafReader(format === 'buffer' ? 'buffer' : 'string');
    const batches = readText(settings, 'each') === 'batch';
    this.#sequence = { util, target: new Target(util, settings), batches };
  }

  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    resolveInputs(this.#inputs, message, (error, fields) => {
      if (error) return done(error);
      let request: ScanRequest;
      try {
        request = toScanRequest(this.#kind, fields, this.#count, this.#type);
      } catch (thrown) {
        return done(PoolError.from(thrown));
      }
      const scan = new Scan({
        sequence: new ScanSequence({ ...this.#sequence, send }, message),
        turn: (cursor, callback) => this.#turn(request, cursor, callback),
        ended: (problem) => {
          this.#running.delete(scan);
          done(problem);
        },
      });
      this.#running.add(scan);
      scan.start();
    });
  }

  cancel(closing: boolean): void {
    for (const scan of this.#running) scan.cancel(closing);
  }

  #turn(request: ScanRequest, cursor: string, callback: PageCallback): void {
    const command = pageCommand(request, cursor);
    const read = (reply: RedisReply) => readPage(this.#kind, reply, this.#leaf, this.#name);
    this.#parts.sender.submit({
      bytes: bytesOf([command]),
      send: (session) =>
        session.send(command, this.#options, (error, reply = null) => {
          if (error) return callback(error);
          let page: ScanPage;
          try {
            page = read(reply);
          } catch (thrown) {
            return callback(PoolError.from(thrown));
          }
          callback(undefined, page);
        }),
      giveUp: callback,
    });
  }
}

type PageCallback = (error: PoolError | undefined, page?: ScanPage) => void;

interface ScanParts {
  readonly sequence: ScanSequence;
  /** Asks for a page; calls back once. */
  turn(cursor: string, callback: PageCallback): void;
  /** Called once, at the end. */
  ended(error?: PoolError): void;
}

class Scan {
  readonly #parts: ScanParts;
  #over = false;

  constructor(parts: ScanParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#turn('0');
  }

  /** Ends at once; what was read before is sent, unless the node is closing. */
  cancel(closing: boolean): void {
    this.#end(closing ? undefined : () => this.#parts.sequence.end());
  }

  #turn(cursor: string): void {
    this.#parts.turn(cursor, (error, page) => {
      if (this.#over) return;
      if (error) return this.#end(() => this.#parts.sequence.breakOff(), error);
      if (page) this.#take(page);
    });
  }

  #take({ cursor, items }: ScanPage): void {
    try {
      this.#parts.sequence.add(items);
    } catch (thrown) {
      return this.#end(undefined, PoolError.from(thrown));
    }
    if (cursor === '0') this.#end(() => this.#parts.sequence.end());
    // The flow gets its turn before the next page, so that a large database does not fill the memory.
    else setImmediate(() => this.#over || this.#turn(cursor));
  }

  #end(last: (() => void) | undefined, error?: PoolError): void {
    if (this.#over) return;
    this.#over = true;
    let problem = error;
    try {
      last?.();
    } catch (thrown) {
      problem ??= PoolError.from(thrown);
    }
    this.#parts.ended(problem);
  }
}
