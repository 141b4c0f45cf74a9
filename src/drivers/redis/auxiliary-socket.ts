/**
 * A further socket of a connection (subscriptions, blocking reads): opened when first wanted, made anew by itself while
 * it is wanted, closed a while after the last user has gone. Its troubles never touch the command socket.
 */
import { backoffDelay, DEFAULT_BACKOFF } from '../../core/backoff';
import { PoolError } from '../../core/errors';
import type { AuxiliarySocket, SocketUser } from './connection-part';
import type { RedisLink } from './redis-link';
import { t } from '../../core/wording';

/** How long it stays open without users: a deploy is shorter. */
const UNUSED_MILLIS = 3000;

/** Opens a link; `lost` is told when the link is gone later. */
export type OpenLink = (signal: AbortSignal, lost: (error: PoolError) => void) => Promise<RedisLink>;

export class OwnSocket implements AuxiliarySocket {
  interrupt?: () => void;
  readonly #open: OpenLink;
  readonly #users = new Set<SocketUser>();
  readonly #warn: (error: PoolError) => void;
  #link: RedisLink | undefined;
  #abort: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #connectionUp = false;

  constructor(open: OpenLink, warn: (error: PoolError) => void) {
    this.#open = open;
    this.#warn = warn;
  }

  get link(): RedisLink | undefined {
    return this.#link;
  }

  want(user: SocketUser): () => void {
    this.#users.add(user);
    clearTimeout(this.#timer);
    const link = this.#link;
    if (link) {
      queueMicrotask(() => {
        if (this.#users.has(user) && this.#link === link) this.#tell(() => user.up(link));
      });
    } else {
      this.#connect();
    }
    return () => {
      if (this.#users.delete(user) && this.#users.size === 0) this.#plan(() => void this.#end(), UNUSED_MILLIS);
    };
  }

  /** The command socket is up (again): so may this one be. */
  connected(): void {
    this.#connectionUp = true;
    this.#attempt = 0;
    if (!this.#link) this.#connect();
  }

  /** The command socket is gone: this one stays if it can, but isn't made anew until the other is back. */
  lost(): void {
    this.#connectionUp = false;
  }

  /** Closed until the connection is up again; its users stay. */
  async suspend(): Promise<void> {
    this.#connectionUp = false;
    clearTimeout(this.#timer);
    const wasUp = this.#link !== undefined;
    await this.#end();
    if (!wasUp) return;
    const error = new PoolError('CONNECTION_CLOSED', t`The connection was closed.`);
    for (const user of [...this.#users]) this.#tell(() => user.down(error));
  }

  async close(): Promise<void> {
    this.#users.clear();
    await this.suspend();
  }

  keepAlive(wanted: boolean): void {
    this.#link?.keepAlive(wanted);
  }

  #connect(): void {
    if (!this.#connectionUp || this.#users.size === 0 || this.#abort || this.#link) return;
    const abort = new AbortController();
    this.#abort = abort;
    clearTimeout(this.#timer);
    this.#open(abort.signal, (error) => this.#lost(error)).then(
      (link) => this.#opened(link, abort),
      (thrown: unknown) => this.#failed(PoolError.from(thrown), abort),
    );
  }

  #opened(link: RedisLink, abort: AbortController): void {
    if (this.#abort === abort) this.#abort = undefined;
    if (abort.signal.aborted) return void link.end();
    this.#link = link;
    for (const user of [...this.#users]) this.#tell(() => user.up(link));
  }

  #failed(error: PoolError, abort: AbortController): void {
    if (this.#abort === abort) this.#abort = undefined;
    if (abort.signal.aborted) return;
    this.#down(error);
  }

  #lost(error: PoolError): void {
    this.#link = undefined;
    this.#down(error);
  }

  #down(error: PoolError): void {
    this.#attempt += 1;
    this.#plan(() => this.#connect(), backoffDelay(error.kind, this.#attempt, Math.random(), DEFAULT_BACKOFF));
    for (const user of [...this.#users]) this.#tell(() => user.down(error));
  }

  async #end(): Promise<void> {
    this.#abort?.abort();
    this.#abort = undefined;
    const link = this.#link;
    this.#link = undefined;
    await link?.end();
  }

  #plan(action: () => void, millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, millis);
    this.#timer.unref();
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.#warn(PoolError.from(thrown));
    }
  }
}

/** In a cluster the client keeps sockets to every node itself: the command link serves as the auxiliary one, too. */
export class BorrowedSocket implements AuxiliarySocket {
  interrupt?: () => void;
  readonly #users = new Set<SocketUser>();
  #link: RedisLink | undefined;

  get link(): RedisLink | undefined {
    return this.#link;
  }

  want(user: SocketUser): () => void {
    this.#users.add(user);
    const link = this.#link;
    if (link) {
      queueMicrotask(() => {
        if (this.#users.has(user) && this.#link === link) user.up(link);
      });
    }
    return () => this.#users.delete(user);
  }

  connected(link: RedisLink): void {
    this.#link = link;
    for (const user of [...this.#users]) user.up(link);
  }

  lost(error: PoolError): void {
    this.#link = undefined;
    for (const user of [...this.#users]) user.down(error);
  }
}
