/** Runs a script by its SHA-1; at first, and when the server has forgotten it, with its text, once for all that wait. */
import type { RedisArgument, RedisReply, RedisSession, ReplyCallback, SendOptions } from '../../drivers/redis/session';
import { toScriptError } from './script-error';
import type { ScriptText } from './script-text';

/** What a message calls a script or function with. */
export interface Call {
  readonly keys: readonly RedisArgument[];
  readonly args: readonly RedisArgument[];
}

export interface Runner {
  /** Calls back exactly once and never throws. */
  run(session: RedisSession, call: Call, callback: ReplyCallback): void;
}

export class ScriptRunner implements Runner {
  readonly #script: ScriptText;
  readonly #suffix: '' | '_RO';
  readonly #options: SendOptions;
  /** How often the whole text was sent: who was sent before the last time need not send it again. */
  #loads = 0;

  /** @param readOnly use the variants that refuse writes (Redis 7) */
  constructor(script: ScriptText, readOnly: boolean, options: SendOptions) {
    this.#script = script;
    this.#suffix = readOnly ? '_RO' : '';
    this.#options = options;
  }

  run(session: RedisSession, call: Call, callback: ReplyCallback): void {
    const loads = this.#loads;
    // The first one brings the text, so that those that follow at once find it there.
    if (loads === 0) return this.#byText(session, call, callback);
    this.#bySha(session, call, callback, () => {
      if (this.#loads === loads) return this.#byText(session, call, callback);
      // Another message has sent it meanwhile. In a cluster that may have been to another server.
      this.#bySha(session, call, callback, () => this.#byText(session, call, callback));
    });
  }

  #bySha(session: RedisSession, call: Call, callback: ReplyCallback, forgotten: () => void): void {
    this.#send(session, 'EVALSHA', this.#script.sha1, call, (error, reply) => {
      if (error?.code === 'REDIS_NOSCRIPT') forgotten();
      else callback(error, reply);
    });
  }

  #byText(session: RedisSession, call: Call, callback: ReplyCallback): void {
    this.#loads += 1;
    this.#send(session, 'EVAL', this.#script.text, call, callback);
  }

  #send(session: RedisSession, name: string, script: string, { keys, args }: Call, callback: ReplyCallback): void {
    const command = { name: `${name}${this.#suffix}`, args: [script, String(keys.length), ...keys, ...args] };
    session.send(command, this.#options, (error, reply: RedisReply = null) => {
      if (error) callback(toScriptError(error, 'script'));
      else callback(undefined, reply);
    });
  }
}
