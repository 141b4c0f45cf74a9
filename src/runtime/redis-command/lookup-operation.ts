/** Lookups: what Redis knows of a key goes into a property of the message, which otherwise stays as it is. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { CommandOutcome, RedisCommand, RedisReply } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import type { PayloadFormat } from '../redis-payload';
import { readKey } from '../redis-sink/sink-row';
import { readBoolean } from '../settings-readers';
import type { TypedInputs } from '../typed-inputs';
import { isMiss, LookupBatcher } from './lookup-batcher';
import { LookupCache } from './lookup-cache';
import {
  nodeReaders,
  type Operation,
  type OperationParts,
  readFormat,
  readInputs,
  readSendOptions,
  resolveInputs,
  type Send,
  sendOn,
} from './operation';
import { leafReader } from './read-reply';
import { type Leaf, plainReply, shapedReply } from './reply-shapes';
import { Target } from './target';
import { toArguments } from './to-command';

const DEFAULT_MAX_ENTRIES = 1000;

/** A day; what is to be kept for longer belongs into the context. */
const MAX_CACHE_SECONDS = 86_400;

const KINDS = ['GET', 'MGET', 'HGETALL', 'HGET', 'JSON.GET'] as const;
type LookupKind = (typeof KINDS)[number];

export class LookupOperation implements Operation {
  readonly #kind: LookupKind;
  readonly #inputs: TypedInputs<'key' | 'field'>;
  readonly #leaf: Leaf;
  readonly #target: Target;
  readonly #batcher: LookupBatcher;
  readonly #missesApart: boolean;

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor(parts: OperationParts) {
    const { settings, util } = parts;
    this.#kind = nodeReaders.word(settings, 'lookup', KINDS) ?? 'GET';
    this.#inputs = readInputs(parts, {
      key: { value: 'topic', type: 'msg', typeIfSet: 'template' },
      field: { type: 'str' },
    });
    const format = this.#kind === 'JSON.GET' ? 'json' : readFormat(settings);
    this.#leaf = ownLeaf(format);
    this.#target = new Target(util, settings);
    this.#missesApart = Number(settings['outputs']) === 2;
    const life = nodeReaders.seconds(settings, 'cacheSeconds', 0, MAX_CACHE_SECONDS) ?? 0;
    const maxEntries = nodeReaders.integer(settings, 'cacheMaxEntries', 1, 1e7) ?? DEFAULT_MAX_ENTRIES;
    this.#batcher = new LookupBatcher({
      submit: (message) => parts.submit(message),
      options: readSendOptions(settings, format),
      cache: new LookupCache(life, maxEntries),
      keepsMisses: readBoolean(settings, 'cacheMisses', false),
    });
  }

  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    resolveInputs(this.#inputs, message, (error, { key, field }) => {
      if (error) return done(error);
      let commands: RedisCommand[];
      try {
        commands = this.#commandsFor(key, field);
      } catch (thrown) {
        return done(PoolError.from(thrown));
      }
      this.#ask(commands, (outcomes) => this.#answer(commands, outcomes, message, send, done));
    });
  }

  /** @throws PoolError `REDIS_INVALID_KEY`, `REDIS_INVALID_ARGUMENT` */
  #commandsFor(key: unknown, field: unknown): RedisCommand[] {
    const keys: unknown[] = this.#kind === 'MGET' && Array.isArray(key) ? key : [key];
    return keys.map((one) => {
      const name = readKey({ key: one });
      switch (this.#kind) {
        case 'GET':
        case 'MGET':
          return { name: 'GET', args: [name] };
        case 'HGETALL':
          return { name: 'HGETALL', args: [name] };
        case 'HGET':
          return { name: 'HGET', args: [name, ...toArguments('HGET', [field])] };
        case 'JSON.GET':
          return { name: 'JSON.GET', args: [name, ...(field === undefined ? [] : toArguments('JSON.GET', [field]))] };
      }
    });
  }

  /** Calls back when all are answered. */
  #ask(commands: readonly RedisCommand[], callback: (outcomes: readonly CommandOutcome[]) => void): void {
    const outcomes: CommandOutcome[] = [];
    let open = commands.length;
    if (open === 0) return callback(outcomes);
    for (const [index, command] of commands.entries()) {
      this.#batcher.ask(command, (outcome) => {
        outcomes[index] = outcome;
        open -= 1;
        if (open === 0) callback(outcomes);
      });
    }
  }

  #answer(
    commands: readonly RedisCommand[],
    outcomes: readonly CommandOutcome[],
    message: NodeMessageInFlow,
    send: Send,
    done: Done,
  ): void {
    const error = outcomes.find((outcome) => outcome.error)?.error;
    if (error) return done(error);
    const replies = outcomes.map(({ reply = null }) => reply);
    const missed = replies.every(isMiss);
    if (!missed || !this.#missesApart) {
      try {
        this.#target.put(message, missed && this.#kind !== 'MGET' ? null : this.#valueOf(commands, replies));
      } catch (thrown) {
        return done(PoolError.from(thrown));
      }
    }
    const outputs = missed ? [null, message] : [message, null];
    sendOn(() => send(this.#missesApart ? outputs : message), done);
  }

  /** @throws PoolError `INVALID_JSON` */
  #valueOf(commands: readonly RedisCommand[], replies: readonly RedisReply[]): unknown {
    if (this.#kind === 'MGET') return replies.map((reply) => plainReply(reply, this.#leaf));
    const [command] = commands;
    return command ? shapedReply(command, replies[0] ?? null, this.#leaf) : null;
  }
}

/** Several messages may get the same reply: none of them gets the bytes that another has. */
function ownLeaf(format: PayloadFormat): Leaf {
  const read = leafReader(format);
  return (value) => {
    const result = read(value);
    return Buffer.isBuffer(result) ? Buffer.from(result) : result;
  };
}
