/**
 * One XREAD BLOCK on the event socket tells which of any number of streams have something new; the entries themselves
 * are fetched over the command socket. A stream that joins interrupts it with CLIENT UNBLOCK. After it has rung it waits
 * a moment for the readers to come back, so that busy streams don't have it begun anew for each entry.
 */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts, SocketUser } from '../connection-part';
import type { RedisLink } from '../redis-link';
import type { RedisReply } from '../session';
import type { ArmedWatches, StreamWatch } from './stream-watch';
import { t } from '../../../core/wording';

const BLOCK_MILLIS = 2500;
/** Where CLIENT UNBLOCK is not allowed, joining waits so long. */
const UNINTERRUPTED_BLOCK_MILLIS = 100;
const HOLD_MILLIS = 2;
const RETRY_UNBLOCK_MILLIS = 1;
const DEFAULT_TIMEOUT_MILLIS = 10_000;
const REST_MILLIS = 1000;
/** Beginning anew costs the server about a millisecond per so many streams, so it is done the less often. */
const STREAMS_PER_GATHERING_MILLI = 200;

export class Doorbell implements SocketUser {
  readonly #parts: ConnectionParts;
  readonly #armed: ArmedWatches;
  readonly #onDown: () => void;
  #link: RedisLink | undefined;
  #clientId: number | undefined;
  /** The XREAD under way. */
  #flight: object | undefined;
  #interrupted: object | undefined;
  /** Watches that have rung and not been armed again. */
  readonly #rung = new Set<StreamWatch>();
  #holding: NodeJS.Timeout | undefined;
  #planned = false;
  #errors = 0;

  /** @param onDown the doorbell does not ring for now: look for yourselves */
  constructor(parts: ConnectionParts, armed: ArmedWatches, onDown: () => void) {
    this.#parts = parts;
    this.#armed = armed;
    this.#onDown = onDown;
  }

  /** Whether it tells of new entries at present. */
  get rings(): boolean {
    return this.#link !== undefined && !this.#link.ended && this.#errors < 2;
  }

  up(link: RedisLink): void {
    if (link === this.#link) {
      this.#next();
      return;
    }
    this.#reset();
    link.run('CLIENT', 'ID').then(
      (id) => this.#begin(link, Number(id)),
      () => this.#begin(link, undefined),
    );
  }

  down(): void {
    const wasReading = this.#flight !== undefined;
    this.#reset();
    // The entry that rang may have been too big for this socket: the readers fetch it before it is asked for again.
    if (wasReading) for (const watch of this.#armed.takeAll()) watch.ring();
    this.#onDown();
  }

  /** A watch has been added. */
  armed(watch: StreamWatch): void {
    if (!this.rings) return;
    if (this.#flight) {
      this.interrupt();
      return;
    }
    if (this.#rung.delete(watch) && this.#rung.size > 0) return;
    this.#next();
  }

  /** A watch that has rung does not come back. */
  forget(watch: StreamWatch): void {
    this.#rung.delete(watch);
  }

  /** Ends the XREAD under way, for what else is to go over the event socket or be waited for. */
  interrupt(): void {
    const flight = this.#flight;
    if (!flight || this.#interrupted === flight || this.#clientId === undefined) return;
    this.#interrupted = flight;
    const delay = Math.floor(this.#armed.size / STREAMS_PER_GATHERING_MILLI);
    if (delay === 0) process.nextTick(() => void this.#unblock(flight));
    else setTimeout(() => void this.#unblock(flight), delay).unref();
  }

  #begin(link: RedisLink, clientId: number | undefined): void {
    if (link.ended) return;
    this.#link = link;
    this.#clientId = clientId;
    this.#errors = 0;
    this.#read();
  }

  #reset(): void {
    this.#link = undefined;
    this.#clientId = undefined;
    this.#flight = undefined;
    this.#rung.clear();
    clearTimeout(this.#holding);
    this.#holding = undefined;
  }

  /** Begins anew, after a moment if readers that have rung may come back soon. */
  #next(): void {
    if (this.#rung.size === 0) {
      clearTimeout(this.#holding);
      this.#holding = undefined;
      this.#readSoon();
      return;
    }
    this.#holding ??= setTimeout(() => {
      this.#holding = undefined;
      this.#rung.clear();
      this.#read();
    }, HOLD_MILLIS).unref();
  }

  /** All that are armed in this turn are waited for together. */
  #readSoon(): void {
    if (this.#planned) return;
    this.#planned = true;
    process.nextTick(() => {
      this.#planned = false;
      this.#read();
    });
  }

  #read(): void {
    const link = this.#link;
    if (!link || this.#flight || this.#armed.size === 0) return;
    const flight = {};
    this.#flight = flight;
    const block = this.#clientId === undefined ? UNINTERRUPTED_BLOCK_MILLIS : BLOCK_MILLIS;
    // A server that is frozen, or a path that stopped forwarding, would hold it for ever.
    const patience = block + (this.#parts.profile.commandTimeoutMillis || DEFAULT_TIMEOUT_MILLIS) / 2;
    const stalled = setTimeout(() => link.giveUp(noAnswer()), patience).unref();
    const args = ['BLOCK', block, ...this.#armed.readArguments()];
    const answered = (error: PoolError | undefined, reply?: RedisReply) => {
      clearTimeout(stalled);
      // If the link is lost, it stays in flight for `down`, which follows.
      if (this.#flight !== flight || link.ended || error?.code === 'REDIS_CONNECTION_LOST') return;
      this.#flight = undefined;
      this.#ring(error ? this.#armed.takeAll() : this.#armed.takeRung(reply));
      this.#errors = error ? this.#errors + 1 : 0;
      if (this.#errors > 1) this.#rest(link);
      else this.#next();
    };
    link.send('XREAD', args, true, answered, true);
  }

  /** An error concerns one of the keys: each reader finds out for itself. */
  #ring(watches: readonly StreamWatch[]): void {
    for (const watch of watches) this.#rung.add(watch);
    for (const watch of watches) watch.ring();
  }

  /** Errors that the readers don't see themselves: polling meanwhile. */
  #rest(link: RedisLink): void {
    this.#rung.clear();
    this.#onDown();
    setTimeout(() => {
      if (this.#link !== link) return;
      this.#errors = 0;
      this.#read();
    }, REST_MILLIS).unref();
  }

  async #unblock(flight: object): Promise<void> {
    if (this.#flight !== flight || this.#clientId === undefined) return;
    try {
      const unblocked = await this.#parts.run('CLIENT', 'UNBLOCK', this.#clientId);
      // 0: the XREAD has not reached the server yet, or its answer is on the way.
      if (unblocked === 1 || this.#flight !== flight) return;
      setTimeout(() => void this.#unblock(flight), RETRY_UNBLOCK_MILLIS).unref();
    } catch {
      // Not allowed, or there is no connection: from the next one on it is short.
      if (this.#parts.server && this.#flight === flight) this.#clientId = undefined;
    }
  }
}

function noAnswer(): PoolError {
  return new PoolError('REDIS_NO_ANSWER', t`The server does not answer on the socket for events; it is given up.`);
}
