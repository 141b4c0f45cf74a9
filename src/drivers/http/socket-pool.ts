/** All sockets of one connection, to whatever server: never more than the limit, counted until they are closed. */
import type { PoolError } from '../../core/errors';
import { type ClientSettings, PooledSocket, type SocketEvents } from './pooled-socket';
import type { Route } from './route';

export interface SocketPoolEvents {
  opened(route: Route): void;
  failed(route: Route, error: PoolError): void;
  /** A request that found no room may find some now. */
  room(): void;
}

export class SocketPool {
  readonly #settings: ClientSettings;
  readonly #maxSockets: number;
  readonly #events: SocketPoolEvents;
  readonly #sockets = new Set<PooledSocket>();
  /** Servers whose https did not lead to HTTP/2: no need to wait for one socket before opening more. */
  readonly #withoutHttp2 = new Set<string>();

  constructor(settings: ClientSettings, maxSockets: number, events: SocketPoolEvents) {
    this.#settings = settings;
    this.#maxSockets = maxSockets;
    this.#events = events;
  }

  /** Sockets that are open. */
  get open(): number {
    return [...this.#sockets].filter((socket) => socket.open).length;
  }

  /** The protocol spoken with the servers of this key; undefined while there is no socket. */
  protocol(key: string): PooledSocket['protocol'] {
    return [...this.#sockets].find((socket) => socket.route.key === key && socket.protocol)?.protocol;
  }

  /** A socket with room for one more request, opened if need be; undefined if it has to wait for `room`. */
  take(route: Route): PooledSocket | undefined {
    let best: PooledSocket | undefined;
    let opening: PooledSocket | undefined;
    let spare: PooledSocket | undefined;
    let closing = false;
    for (const socket of this.#sockets) {
      if (socket.gone) {
        closing = true;
        continue;
      }
      if (socket.route.key !== route.key) {
        if (socket.idle) spare = socket;
        continue;
      }
      if (!socket.protocol) opening = socket;
      if (socket.running >= socket.capacity) continue;
      if (socket.idle) return socket;
      if (!best || socket.running < best.running) best = socket;
    }
    if (best?.protocol === 'HTTP/2' || best?.running === 0) return best;
    if (opening && this.#mayBecomeHttp2(route)) return undefined;
    if (this.#sockets.size < this.#maxSockets) return this.#add(route);
    if (!best && !closing) void spare?.end();
    return best;
  }

  /** Opens a socket to be kept for the next request, unless one is open or there is no room for it. */
  async prepare(route: Route, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.protocol(route.key)) return;
    const opening = [...this.#sockets].find(({ gone, route: { key } }) => !gone && key === route.key);
    if (opening) return opening.prepare();
    if (this.#sockets.size >= this.#maxSockets) return;
    const socket = this.#add(route);
    const giveUp = () => void socket.end();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await socket.prepare();
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Destroys all sockets, busy or not. */
  async end(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => socket.end()));
  }

  #mayBecomeHttp2({ key, tls }: Route): boolean {
    return this.#settings.http2 && tls !== undefined && !this.#withoutHttp2.has(key);
  }

  #add(route: Route): PooledSocket {
    const events: SocketEvents = {
      opened: (opened) => {
        if (opened.protocol === 'HTTP/2') this.#withoutHttp2.delete(route.key);
        else if (this.#withoutHttp2.size < 1_000) this.#withoutHttp2.add(route.key);
        this.#events.opened(route);
        this.#events.room();
      },
      failed: (_socket, error) => this.#events.failed(route, error),
      changed: (changed) => {
        if (changed.gone && !changed.open) this.#sockets.delete(changed);
        this.#events.room();
      },
    };
    const socket = new PooledSocket(route, this.#settings, events);
    this.#sockets.add(socket);
    return socket;
  }
}
