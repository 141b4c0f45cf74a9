/**
 * Gathers the lookups of one turn of the event loop into one round trip: equal ones are asked once, and GETs become one
 * MGET. In a cluster, where the keys live on different servers, they stay single commands, sent together.
 */
import type { PoolError } from '../../core/errors';
import type {
  CommandOutcome,
  RedisArgument,
  RedisCommand,
  RedisSession,
  SendOptions,
} from '../../drivers/redis/session';
import type { HeldMessage } from '../held-messages';
import { bytesOf } from './operation';
import type { LookupCache } from './lookup-cache';

/** Longer ones hold the server up for others. */
const MAX_KEYS_PER_MGET = 1000;

/** Errors of an MGET that its single GETs may not have. */
const NOT_TOGETHER: ReadonlySet<string> = new Set(['REDIS_CROSSSLOT', 'REDIS_NOPERM', 'REDIS_UNKNOWN_COMMAND']);

type OutcomeCallback = (outcome: CommandOutcome) => void;

interface Asked {
  readonly command: RedisCommand;
  readonly waiting: Waiting[];
}

interface Waiting {
  /** Answers are given in the order of the questions, so that no message overtakes another. */
  readonly place: number;
  readonly callback: OutcomeCallback;
}

export interface BatcherParts {
  submit(message: HeldMessage<RedisSession>): void;
  readonly options: SendOptions;
  readonly cache: LookupCache;
  /** Whether to keep that there is nothing. */
  readonly keepsMisses: boolean;
}

export class LookupBatcher {
  readonly #parts: BatcherParts;
  #asked = new Map<string, Asked>();
  #places = 0;

  constructor(parts: BatcherParts) {
    this.#parts = parts;
  }

  /** Calls back once: at once from the cache, else when the server has answered. */
  ask(command: RedisCommand, callback: OutcomeCallback): void {
    const id = identify(command);
    const kept = this.#parts.cache.get(id);
    if (kept !== undefined) return callback({ reply: kept });
    const asked: Asked = this.#asked.get(id) ?? { command, waiting: [] };
    if (this.#asked.size === 0) setImmediate(() => this.#flush());
    asked.waiting.push({ place: this.#places, callback });
    this.#places += 1;
    this.#asked.set(id, asked);
  }

  #flush(): void {
    const asked = [...this.#asked];
    this.#asked = new Map();
    for (let from = 0; from < asked.length; from += MAX_KEYS_PER_MGET) {
      this.#submit(asked.slice(from, from + MAX_KEYS_PER_MGET));
    }
  }

  #submit(asked: readonly (readonly [id: string, asked: Asked])[]): void {
    const commands = asked.map(([, { command }]) => command);
    const settle = (outcomes: readonly CommandOutcome[]) => {
      const answers: (Waiting & { readonly outcome: CommandOutcome })[] = [];
      for (const [index, [id, { waiting }]] of asked.entries()) {
        const outcome = outcomes[index] ?? { reply: null };
        if (outcome.error === undefined && (this.#parts.keepsMisses || !isMiss(outcome.reply))) {
          this.#parts.cache.set(id, outcome.reply);
        }
        for (const { place, callback } of waiting) answers.push({ place, callback, outcome });
      }
      answers.sort((a, b) => a.place - b.place);
      for (const { callback, outcome } of answers) callback(outcome);
    };
    const fail = (error: PoolError) => settle(commands.map(() => ({ error })));
    this.#parts.submit({
      bytes: bytesOf(commands),
      send: (session, failed) => {
        const together = commands.every(({ name }) => name === 'GET') && session.server?.mode !== 'cluster';
        if (together) this.#sendMget(session, commands, settle, failed);
        else void this.#sendSingly(session, commands, settle, failed);
      },
      giveUp: fail,
    });
  }

  #sendMget(
    session: RedisSession,
    gets: readonly RedisCommand[],
    settle: (outcomes: readonly CommandOutcome[]) => void,
    fail: (error: PoolError) => void,
  ): void {
    const keys = gets.flatMap(({ args }) => args);
    session.send({ name: 'MGET', args: keys }, this.#parts.options, (error, reply = null) => {
      if (error && NOT_TOGETHER.has(error.code)) void this.#sendSingly(session, gets, settle, fail);
      else if (error) fail(error);
      else settle((Array.isArray(reply) ? reply : []).map((value) => ({ reply: value })));
    });
  }

  async #sendSingly(
    session: RedisSession,
    commands: readonly RedisCommand[],
    settle: (outcomes: readonly CommandOutcome[]) => void,
    fail: (error: PoolError) => void,
  ): Promise<void> {
    let outcomes: readonly CommandOutcome[];
    try {
      outcomes = await session.pipeline(commands, this.#parts.options);
    } catch (thrown) {
      return fail(thrown as PoolError);
    }
    settle(outcomes);
  }
}

/** Whether there is nothing: no key, or a hash without fields. */
export function isMiss(reply: CommandOutcome['reply']): boolean {
  return reply === null || reply === undefined || (Array.isArray(reply) && reply.length === 0);
}

/** Equal for equal commands alone. */
function identify({ name, args }: RedisCommand): string {
  const text = (arg: RedisArgument) =>
    Buffer.isBuffer(arg) ? arg.toString('latin1') : Buffer.from(String(arg)).toString('latin1');
  return [name, ...args.map(text)].map((part) => `${part.length}:${part}`).join('');
}
