/** Calls a function of a library; when the server does not know it, loads the library first, if the node has it. */
import { PoolError } from '../../core/errors';
import type { RedisReply, RedisSession, ReplyCallback, SendOptions } from '../../drivers/redis/session';
import { toScriptError } from './script-error';
import type { Call, Runner } from './script-runner';
import { t } from '../../core/wording';

export interface FunctionSettings {
  readonly name: string;
  /** The code of the library, beginning with `#!lua name=…`; empty: it is on the server already. */
  readonly library: string;
  /** Use FCALL_RO, which refuses functions that may write. */
  readonly readOnly: boolean;
}

export class FunctionRunner implements Runner {
  readonly #settings: FunctionSettings;
  readonly #options: SendOptions;
  /** Those who wait for the library to be loaded. */
  #waiting: ((error: PoolError | undefined) => void)[] = [];

  constructor(settings: FunctionSettings, options: SendOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  run(session: RedisSession, call: Call, callback: ReplyCallback): void {
    const { name, library } = this.#settings;
    this.#call(session, call, (error, reply) => {
      if (!isUnknownFunction(error)) return callback(error, reply);
      if (!library) return callback(unknownFunction(name, t`load its library, or enter it in the node`, error));
      if (session.server?.mode === 'cluster') {
        return callback(unknownFunction(name, t`load its library on every master of the cluster`, error));
      }
      this.#load(session, (failure) => {
        if (failure) return callback(failure);
        this.#call(session, call, (again, second) => {
          if (isUnknownFunction(again)) callback(unknownFunction(name, t`the library of the node has none`, again));
          else callback(again, second);
        });
      });
    });
  }

  #call(session: RedisSession, { keys, args }: Call, callback: ReplyCallback): void {
    const { name, readOnly } = this.#settings;
    const command = {
      name: readOnly ? 'FCALL_RO' : 'FCALL',
      args: [name, String(keys.length), ...keys, ...args],
    };
    session.send(command, this.#options, (error, reply: RedisReply = null) => {
      if (error) callback(isUnknownFunction(error) ? error : toScriptError(error, 'library'));
      else callback(undefined, reply);
    });
  }

  /** Loads the library once for all that wait for it. */
  #load(session: RedisSession, callback: (error: PoolError | undefined) => void): void {
    this.#waiting.push(callback);
    if (this.#waiting.length > 1) return;
    const command = { name: 'FUNCTION', args: ['LOAD', 'REPLACE', this.#settings.library] };
    // Loading it twice is loading it once.
    session.send(command, { ...this.#options, resend: 'always' }, (error) => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const one of waiting) one(error && toScriptError(error, 'library'));
    });
  }
}

function isUnknownFunction(error: PoolError | undefined): error is PoolError {
  return error?.cause instanceof Error && error.cause.message.startsWith('ERR Function not found');
}

function unknownFunction(name: string, advice: string, cause: PoolError): PoolError {
  const message = t`The server has no function "${name}": ${advice}.`;
  return new PoolError('REDIS_UNKNOWN_FUNCTION', message, { cause: cause.cause });
}
