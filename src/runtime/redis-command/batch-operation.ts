/** Several commands for each message, as one pipeline or one transaction. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { CommandOutcome, RedisCommand, RedisSession, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { readBoolean } from '../settings-readers';
import type { TypedInputs } from '../typed-inputs';
import {
  bytesOf,
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
import { toCommands } from './to-command';
import { t } from '../../core/wording';

/** One command's result in a message: its reply, or this. */
export interface FailedCommand {
  readonly error: { readonly code: string; readonly message: string };
}

/** Its code is that of the first command that failed. */
export class BatchError extends PoolError {
  /** The reply to each, or `{ error: { code, message } }`; as `cause.results` it gets through to Catch nodes. */
  readonly results: readonly unknown[];

  constructor(failed: number, first: PoolError, results: readonly unknown[]) {
    const message = t`${failed} of ${results.length} commands failed. The first: ${first.message}`;
    super(first.code, message, { cause: { results } });
    this.results = results;
  }
}

export class BatchOperation implements Operation {
  readonly #parts: OperationParts;
  readonly #kind: 'pipeline' | 'transaction';
  readonly #inputs: TypedInputs<'commands'>;
  readonly #reply: ReplyFormat;
  readonly #options: SendOptions;
  readonly #target: Target;
  readonly #sendsFailures: boolean;

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor(parts: OperationParts, kind: 'pipeline' | 'transaction') {
    const { settings, util } = parts;
    this.#parts = parts;
    this.#kind = kind;
    this.#inputs = readInputs(parts, { commands: { value: 'payload', type: 'msg', typeIfSet: 'msg' } });
    this.#reply = { format: readFormat(settings), objects: readsObjects(settings) };
    this.#options = readSendOptions(settings, this.#reply.format);
    this.#target = new Target(util, settings);
    this.#sendsFailures = readBoolean(settings, 'sendFailures', false);
  }

  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    resolveInputs(this.#inputs, message, (error, fields) => {
      if (error) return done(error);
      let commands: RedisCommand[];
      try {
        commands = toCommands(fields.commands);
      } catch (thrown) {
        return done(PoolError.from(thrown));
      }
      this.#parts.submit({
        bytes: bytesOf(commands),
        send: (session, failed) => void this.#run(session, commands, failed, message, send, done),
        giveUp: done,
      });
    });
  }

  async #run(
    session: RedisSession,
    commands: readonly RedisCommand[],
    failed: (error: PoolError) => void,
    message: NodeMessageInFlow,
    send: Send,
    done: Done,
  ): Promise<void> {
    let outcomes: readonly CommandOutcome[] = [];
    try {
      if (commands.length > 0) outcomes = await session[this.#kind](commands, this.#options);
    } catch (thrown) {
      return failed(PoolError.from(thrown));
    }
    let error: PoolError | undefined;
    try {
      const results = commands.map((command, index) => this.#resultOf(command, outcomes[index]));
      error = this.#sendsFailures ? undefined : failureOf(outcomes, results);
      if (!error) this.#target.put(message, results);
    } catch (thrown) {
      error = PoolError.from(thrown);
    }
    if (error) return done(error);
    sendOn(() => send(message), done);
  }

  #resultOf(command: RedisCommand, outcome: CommandOutcome | undefined): unknown {
    if (!outcome) return null;
    try {
      return outcome.error ? failed(outcome.error) : readReply(command, outcome.reply, this.#reply);
    } catch (thrown) {
      // A reply that can't be read spoils its own place alone: the command was carried out.
      return failed(PoolError.from(thrown));
    }
  }
}

function failed({ code, message }: PoolError): FailedCommand {
  return { error: { code, message } };
}

function failureOf(outcomes: readonly CommandOutcome[], results: readonly unknown[]): PoolError | undefined {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  return errors[0] && new BatchError(errors.length, errors[0], results);
}
