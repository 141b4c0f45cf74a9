/** One socket of the pool with the undici client that speaks over it. A client never has two sockets at a time. */
import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { connectError } from './http-error';
import { openSocket } from './open-socket';
import type { Route } from './route';
import type { PoolError } from '../../core/errors';

export interface ClientSettings {
  readonly pipelining: number;
  readonly http2: boolean;
  readonly keepAliveMillis: number;
  readonly connectTimeoutMillis: number;
  readonly headersTimeoutMillis: number;
  readonly bodyTimeoutMillis: number;
  readonly proxyTls: NonNullable<Route['tls']>;
  /** See `SocketSettings`. */
  readonly opening?: ((socket: Socket) => void) | undefined;
}

export interface SocketEvents {
  /** A socket was opened. */
  opened(socket: PooledSocket): void;
  /** None could be opened. */
  failed(socket: PooledSocket, error: PoolError): void;
  /** There may be room on it again, or it is gone. */
  changed(socket: PooledSocket): void;
}

type Opened = (error: Error | undefined, socket?: Socket) => void;

/** Streams on one HTTP/2 socket, which most servers allow. */
const STREAMS = 100;

export class PooledSocket {
  readonly route: Route;
  /** Requests on it, waiting for it to open or under way. */
  running = 0;
  /** Undefined until it is open. */
  protocol: 'HTTP/1.1' | 'HTTP/2' | undefined;
  /** Whether it is of no more use. */
  gone = false;
  readonly #settings: ClientSettings;
  readonly #events: SocketEvents;
  readonly #client: Client;
  #socket: Socket | undefined;
  #giveUp: (() => void) | undefined;
  /** Who is to be told of the socket that is being opened. */
  readonly #waiting: Opened[] = [];
  /** Whether the client is among them. */
  #clientWaits = false;
  /** Opened before there was a request; the client takes it over with the first one. */
  #ready: { readonly socket: Socket; readonly timer: NodeJS.Timeout } | undefined;
  #ended: Promise<void> | undefined;

  constructor(route: Route, settings: ClientSettings, events: SocketEvents) {
    this.route = route;
    this.#settings = settings;
    this.#events = events;
    this.#client = new Client(route.origin, {
      pipelining: settings.pipelining,
      keepAliveTimeout: settings.keepAliveMillis,
      headersTimeout: settings.headersTimeoutMillis,
      bodyTimeout: settings.bodyTimeoutMillis,
      maxConcurrentStreams: STREAMS,
      allowH2: settings.http2,
      connect: (_options, callback) => {
        this.#open(true, (error, socket) =>
          socket ? callback(null, socket) : callback(error ?? new Error('closed'), null),
        );
      },
    });
    this.#client.on('disconnect', () => this.#disconnected());
    this.#client.on('connectionError', () => this.#disconnected());
  }

  get capacity(): number {
    return this.protocol === 'HTTP/2' ? STREAMS : this.#settings.pipelining;
  }

  /** Whether it is open, with nothing on it. */
  get idle(): boolean {
    return this.running === 0 && this.protocol !== undefined && !this.gone;
  }

  get open(): boolean {
    return this.#socket !== undefined;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  /** Opens it before there is a request for it, unless it is being opened. */
  prepare(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#open(false, (error, socket) => (socket ? resolve() : reject(error ?? new Error('closed'))));
    });
  }

  /** Destroys it with whatever is on it; settles when the socket is closed. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.gone = true;
    this.#giveUp?.();
    const socket = this.#socket;
    const closed = socket && !socket.closed ? new Promise((resolve) => socket.once('close', resolve)) : undefined;
    clearTimeout(this.#ready?.timer);
    this.#ready = undefined;
    const destroyed = this.#client.destroy().catch(() => undefined);
    for (const tell of this.#waiting.splice(0)) tell(connectError(undefined, this.route.address));
    socket?.destroy();
    await destroyed;
    await closed;
    this.#socket = undefined;
    this.#events.changed(this);
  }

  #open(byClient: boolean, opened: Opened): void {
    const ready = this.#ready;
    if (ready) {
      this.#ready = undefined;
      clearTimeout(ready.timer);
      ready.socket.ref();
      // The client goes on with its requests only if it is told later.
      return queueMicrotask(() => opened(undefined, ready.socket));
    }
    this.#clientWaits ||= byClient;
    this.#waiting.push(opened);
    if (this.#waiting.length > 1) return;
    const { connectTimeoutMillis: timeoutMillis, http2, proxyTls, opening } = this.#settings;
    this.#giveUp = openSocket(this.route, { timeoutMillis, http2, proxyTls, opening }, (error, socket) => {
      this.#giveUp = undefined;
      if (socket) this.#opened(socket);
      else this.#failed(connectError(error, this.route.address));
    });
  }

  #opened(socket: Socket): void {
    this.#socket = socket;
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    this.protocol = (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1';
    if (this.protocol === 'HTTP/2') this.#client.pipelining = STREAMS;
    if (!this.#clientWaits) this.#keepReady(socket);
    this.#clientWaits = false;
    for (const tell of this.#waiting.splice(0)) tell(undefined, socket);
    this.#events.opened(this);
  }

  #failed(error: PoolError): void {
    const clientWaited = this.#clientWaits;
    this.#clientWaits = false;
    for (const tell of this.#waiting.splice(0)) tell(error);
    this.#events.failed(this, error);
    // The client tells its requests, and then us.
    if (!clientWaited) void this.end();
  }

  #keepReady(socket: Socket): void {
    socket.unref();
    const timer = setTimeout(() => void this.end(), this.#settings.keepAliveMillis);
    timer.unref();
    socket.once('close', () => {
      if (this.#ready?.socket === socket) void this.end();
    });
    this.#ready = { socket, timer };
  }

  #disconnected(): void {
    this.protocol = undefined;
    // Requests that are still on it make the client connect again; without any it has had its day.
    queueMicrotask(() => {
      if (this.running === 0 && !this.open) void this.end();
      else this.#events.changed(this);
    });
  }
}
