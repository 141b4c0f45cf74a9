/** Scans: what is in a database, a hash, a set or a sorted set, page by page, as a sequence of messages. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisReply, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { readText } from '../settings-readers';
import type { TypedInputs } from '../typed-inputs';
import {
  bytesOf,
  nodeReaders,
  type Operation,
  type OperationParts,
  readFormat,
  readInputs,
  readSendOptions,
  resolveInputs,
  type Send,
} from './operation';
import { findRoutes, type Route, routed } from './cluster-routes';
import { leafReader } from './read-reply';
import type { Leaf } from './reply-shapes';
import { readPage, pageCommand, type ScanKind, type ScanPage, type ScanRequest, toScanRequest } from './scan-pages';
import { type PageCallback, Scan } from './scan';
import { ScanSequence, type SequenceParts } from './scan-sequence';
import { Target } from './target';

const DEFAULT_COUNT = 100;
const KINDS: readonly ScanKind[] = ['SCAN', 'HSCAN', 'SSCAN', 'ZSCAN'];

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

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor(parts: OperationParts) {
    const { settings, util } = parts;
    this.#parts = parts;
    this.#kind = nodeReaders.word(settings, 'scan', KINDS) ?? 'SCAN';
    this.#count = nodeReaders.integer(settings, 'count', 1, 1e6) ?? DEFAULT_COUNT;
    this.#type = readText(settings, 'typeOfKey');
    this.#inputs = readInputs(parts, {
      key: { value: 'topic', type: 'msg', typeIfSet: 'template' },
      match: { type: 'str' },
    });
    const format = readFormat(settings);
    this.#options = { ...readSendOptions(settings, format), resend: 'always' };
    this.#leaf = leafReader(format);
    this.#name = leafReader(format === 'buffer' ? 'buffer' : 'string');
    const batches = nodeReaders.word(settings, 'each', ['element', 'batch']) === 'batch';
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
        routes: (callback) => this.#findRoutes(callback),
        turn: (route, cursor, callback) => this.#turn(request, route, cursor, callback),
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

  /** A hash, a set or a sorted set is at one server, which its key leads to. */
  #findRoutes(callback: (error: PoolError | undefined, routes?: readonly Route[]) => void): void {
    if (this.#kind !== 'SCAN') return callback(undefined, [undefined]);
    this.#parts.submit({
      bytes: 0,
      send: (session) => findRoutes(session, this.#options, callback),
      giveUp: callback,
    });
  }

  #turn(request: ScanRequest, route: Route, cursor: string, callback: PageCallback): void {
    const page = pageCommand(request, cursor);
    const command = this.#kind === 'SCAN' ? routed(page, route) : page;
    const read = (reply: RedisReply) => readPage(this.#kind, reply, this.#leaf, this.#name);
    this.#parts.submit({
      bytes: bytesOf([command]),
      send: (session) =>
        session.send(command, this.#options, (error, reply = null) => {
          if (error) return callback(error);
          let scanned: ScanPage;
          try {
            scanned = read(reply);
          } catch (thrown) {
            return callback(PoolError.from(thrown));
          }
          callback(undefined, scanned);
        }),
      giveUp: callback,
    });
  }
}
