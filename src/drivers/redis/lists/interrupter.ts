/**
 * Ends a blocking command before its time by CLIENT UNBLOCK from the command socket, so that the blocked socket need not
 * be closed: an item popped at that very moment would be lost with it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { RedisReply } from '../session';
import { isConnectionError } from './connection-errors';

const MAX_PAUSE_MILLIS = 20;

export class Interrupter {
  readonly #parts: ConnectionParts;
  #clientId: number | undefined;
  /** Counts blocking commands; undefined while none is under way. */
  #blocked: number | undefined;
  #count = 0;
  #interrupted: number | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Learns the id of the socket that is going to block, and whether this user may unblock. */
  async prepare(askId: () => Promise<RedisReply>): Promise<void> {
    try {
      this.#clientId = Number(await askId());
      await this.#parts.run('CLIENT', 'UNBLOCK', this.#clientId);
    } catch (thrown) {
      // Not allowed or not known: the blocking commands are kept short instead.
      if (!isConnectionError(PoolError.from(thrown))) this.#clientId = undefined;
    }
  }

  get able(): boolean {
    return this.#clientId !== undefined;
  }

  /** A blocking command is under way until the returned function is called. */
  blocks(): () => void {
    this.#count += 1;
    this.#blocked = this.#count;
    return () => {
      this.#blocked = undefined;
    };
  }

  /** Ends the blocking command that is under way, if any. */
  interrupt(): void {
    if (this.#blocked === undefined || this.#interrupted === this.#blocked || this.#clientId === undefined) return;
    this.#interrupted = this.#blocked;
    void this.#unblock(this.#blocked, this.#clientId);
  }

  async #unblock(blocked: number, clientId: number): Promise<void> {
    // The server answers 0 as long as the command has not reached it; its reply may be under way, too.
    for (let pause = 1; this.#blocked === blocked; pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
      try {
        await this.#parts.run('CLIENT', 'UNBLOCK', clientId);
      } catch {
        // Without a command socket the command ends by its time-out; the next change tries again.
        this.#interrupted = undefined;
        return;
      }
      await delay(pause, undefined, { ref: false });
    }
  }
}
