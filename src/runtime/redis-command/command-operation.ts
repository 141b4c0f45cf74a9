/** One command for each message. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisCommand, RedisReply, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import type { TypedInputs } from '../typed-inputs';
import { ArgumentInputs } from './argument-inputs';
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
  sendOn,
} from './operation';
import { readReply, readsObjects, type ReplyFormat } from './read-reply';
import { Target } from './target';
import { toCommand } from './to-command';

export class CommandOperation implements Operation {
  readonly #parts: OperationParts;
  readonly #inputs: TypedInputs<'command' | 'argsFrom'>;
  /** Undefined: the arguments are one array, from `argsFrom`. */
  readonly #list: ArgumentInputs | undefined;
  readonly #reply: ReplyFormat;
  readonly #options: SendOptions;
  readonly #target: Target;

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor(parts: OperationParts) {
    const { settings, util, node } = parts;
    const { args } = settings;
    this.#parts = parts;
    const fromList = nodeReaders.word(settings, 'arguments', ['list', 'array']) !== 'array';
    this.#inputs = readInputs(parts, {
      command: { type: 'str' },
      ...(fromList ? {} : { argsFrom: { value: 'payload', type: 'msg', typeIfSet: 'msg' } }),
    });
    this.#list = fromList ? new ArgumentInputs(util, node, Array.isArray(args) ? args : []) : undefined;
    this.#reply = { format: readFormat(settings), objects: readsObjects(settings) };
    this.#options = readSendOptions(settings, this.#reply.format);
    this.#target = new Target(util, settings);
  }

  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    resolveInputs(this.#inputs, message, (error, fields) => {
      if (error) return done(error);
      if (!this.#list) return this.#run(fields.command, fields.argsFrom, message, send, done);
      this.#list.resolve(message, (problem, values) => {
        if (problem) done(problem);
        else this.#run(fields.command, values, message, send, done);
      });
    });
  }

  #run(name: unknown, args: unknown, message: NodeMessageInFlow, send: Send, done: Done): void {
    let command: RedisCommand;
    try {
      command = toCommand(name, args);
    } catch (thrown) {
      return done(PoolError.from(thrown));
    }
    this.#parts.submit({
      bytes: bytesOf([command]),
      send: (session, failed) =>
        session.send(command, this.#options, (error, reply = null) => {
          if (error) failed(error);
          else this.#answer(command, reply, message, send, done);
        }),
      giveUp: done,
    });
  }

  #answer(command: RedisCommand, reply: RedisReply, message: NodeMessageInFlow, send: Send, done: Done): void {
    try {
      this.#target.put(message, readReply(command, reply, this.#reply));
    } catch (thrown) {
      return done(PoolError.from(thrown));
    }
    sendOn(() => send(message), done);
  }
}
