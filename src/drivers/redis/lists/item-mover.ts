/**
 * Removes acknowledged items from a processing list and moves new ones there, in one round trip: by a script, or where
 * scripts are not allowed by LREM and LMOVE in a pipeline.
 */
import { createHash } from 'node:crypto';
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { ReliableListRequest } from '../reading';
import { serverError } from '../server-error';
import type { RedisArgument, RedisReply } from '../session';
import { isCommandRefused } from './connection-errors';
import { t } from '../../../core/wording';

/** Removes and moves in one step. An error while moving is returned: what was moved before is moved. */
const SCRIPT = `
for i = 3, #ARGV do redis.call('LREM', KEYS[1], 1, ARGV[i]) end
local moved = {}
for i = 1, tonumber(ARGV[1]) do
  local item = redis.pcall('LMOVE', KEYS[2], KEYS[1], ARGV[2], 'RIGHT')
  if not item then break end
  if type(item) == 'table' and item.err then return { moved, item.err } end
  moved[i] = item
end
return { moved }
`;
const SHA = createHash('sha1').update(SCRIPT).digest('hex');

/** Without scripts each item is a command of its own, and those beyond the end of the list are wasted. */
const MOST_SINGLE_MOVES = 64;

export interface Moved {
  readonly items: readonly Buffer[];
  /** Fewer were there than asked for. */
  readonly exhausted: boolean;
  /** Why it ended early. */
  readonly error?: PoolError;
}

export class ItemMover {
  readonly #parts: ConnectionParts;
  #scripts = true;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /**
   * Removes `done`, then moves up to `room` items.
   *
   * @throws PoolError when it is not known what was done, or nothing was
   */
  async exchange(request: ReliableListRequest, done: readonly Buffer[], room: number): Promise<Moved> {
    if (this.#scripts) {
      try {
        return await this.#byScript(request, done, room);
      } catch (thrown) {
        if (!isCommandRefused(PoolError.from(thrown))) throw thrown;
        this.#scripts = false;
      }
    }
    return this.#bySingleCommands(request, done, room);
  }

  /**
   * What is in the processing list, oldest first.
   *
   * @throws PoolError also when the server is too old for `exchange` (`REDIS_TOO_OLD`)
   */
  async left({ processingKey }: ReliableListRequest): Promise<Buffer[]> {
    const { version = '' } = this.#parts.server ?? {};
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (version !== '' && (major < 6 || (major === 6 && minor < 2))) {
      const message = t`A reliable list needs LMOVE, which Redis ${version} does not have; use Redis 6.2 or later.`;
      throw new PoolError('REDIS_TOO_OLD', message);
    }
    return buffers(await this.#parts.run('LRANGE', processingKey, 0, -1));
  }

  /** Puts the newest items back where they came from, in their order. */
  async putBack({ key, processingKey, end }: ReliableListRequest, count: number): Promise<void> {
    const moves = Array.from({ length: count }, () =>
      this.#parts.run('LMOVE', processingKey, key, 'RIGHT', end.toUpperCase()),
    );
    await Promise.all(moves);
  }

  async #byScript(request: ReliableListRequest, done: readonly Buffer[], room: number): Promise<Moved> {
    const { key, processingKey, end } = request;
    const args: RedisArgument[] = [2, processingKey, key, room, end.toUpperCase(), ...done];
    const reply = await this.#evaluate(args);
    const [moved = null, failure] = Array.isArray(reply) ? reply : [];
    const items = buffers(moved);
    if (failure === undefined || failure === null) return { items, exhausted: items.length < room };
    const told = Object.assign(new Error(String(failure)), { name: 'ReplyError' });
    const error = serverError(told, 'LMOVE') ?? PoolError.from(told);
    return { items, exhausted: true, error };
  }

  async #evaluate(args: readonly RedisArgument[]): Promise<RedisReply> {
    try {
      return await this.#parts.run('EVALSHA', SHA, ...args);
    } catch (thrown) {
      if (PoolError.from(thrown).code !== 'REDIS_NOSCRIPT') throw thrown;
      return this.#parts.run('EVAL', SCRIPT, ...args);
    }
  }

  async #bySingleCommands(request: ReliableListRequest, done: readonly Buffer[], room: number): Promise<Moved> {
    const { key, processingKey, end } = request;
    await Promise.all(done.map((value) => this.#parts.run('LREM', processingKey, 1, value)));
    const asked = Math.min(room, MOST_SINGLE_MOVES);
    const moves = Array.from({ length: asked }, () =>
      this.#parts.run('LMOVE', key, processingKey, end.toUpperCase(), 'RIGHT'),
    );
    const items = buffers((await Promise.all(moves)).filter((reply) => reply !== null));
    return { items, exhausted: items.length < asked };
  }
}

function buffers(reply: RedisReply): Buffer[] {
  if (!Array.isArray(reply)) return [];
  return reply.map((item) => (Buffer.isBuffer(item) ? item : Buffer.from(String(item))));
}
