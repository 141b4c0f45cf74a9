/** One HTTP connection of the pool: its sockets, the queue before them, the token and the circuit breaker. */
import type { Socket } from 'node:net';
import type { ConnectionContext, DriverConnection, SessionOptions } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { QueueAccount } from '../../core/send-queue';
import type { QueueView } from '../../core/views';
import { AccessTokens, type TokenRequest } from './access-token';
import { CircuitBreaker } from './circuit-breaker';
import { DispatchQueue } from './dispatch-queue';
import type { RawResponse } from './exchange';
import { RequestFailure } from './http-error';
import { SharedHttpSession } from './http-session';
import type { NormalHttpProfile } from './normalise-profile';
import type { RunSurroundings } from './request-run';
import { probe, type ProbeAnswer } from './probe';
import { proxyTls, type Route, routeTo } from './route';
import { type Sender, Sending, type SendingListener } from './send';
import type { CircuitState, HttpSession } from './session';
import { SocketPool } from './socket-pool';
import { AddressBook } from './web-address';
import { t } from '../../core/wording';

/** How long requests under way may take to end when the connection is closed. */
const CLOSE_MILLIS = 1_500;
/** Longest time for a token request in all: everyone waits for it. */
const TOKEN_MILLIS = 60_000;
const MAX_TOKEN_BYTES = 1024 * 1024;

export class HttpConnection implements DriverConnection<HttpSession>, RunSurroundings {
  readonly profile: NormalHttpProfile;
  readonly baseOrigin: string;
  readonly addresses: AddressBook;
  readonly baseRoute: Route;
  readonly queue: DispatchQueue;
  readonly tokens: AccessTokens | undefined;
  readonly circuit: CircuitBreaker | undefined;
  readonly #context: ConnectionContext;
  readonly #sockets: SocketPool;
  readonly #circuitListeners = new Set<(state: CircuitState) => void>();
  /** What belongs to no node has no limits. */
  readonly #own: Sender = {
    account: new QueueAccount({
      maxCount: Number.POSITIVE_INFINITY,
      maxBytes: Number.POSITIVE_INFINITY,
      maxAgeMillis: 0,
      overflow: 'refuse',
    }),
    unlimited: true,
    circuit: undefined,
  };

  constructor(profile: NormalHttpProfile, context: ConnectionContext) {
    this.profile = profile;
    this.#context = context;
    const base = new URL(profile.baseUrl);
    this.baseOrigin = base.origin;
    this.addresses = new AddressBook(profile.baseUrl);
    this.baseRoute = routeTo(base, profile, true);
    const { test } = context;
    const opening = test && ((socket: Socket) => test.opening(socket, 'answer'));
    const settings = { ...profile, http2: profile.http2 === 'auto', proxyTls: proxyTls(profile.tls), opening };
    this.#sockets = new SocketPool(settings, profile.maxSockets, {
      opened: (route) => {
        if (route.key === this.baseRoute.key) context.reachable?.();
      },
      failed: (route, error) => {
        // One socket too many for the server is not an outage.
        if (route.key === this.baseRoute.key && !this.#sockets.protocol(route.key)) context.lost(error);
      },
      room: () => this.queue.pumpSoon(),
    });
    this.queue = new DispatchQueue(profile, this.#sockets, context);
    if (profile.auth?.kind === 'oauth2')
      this.tokens = new AccessTokens(profile.auth, (request) => this.#askForToken(request));
    if (profile.circuitBreaker) {
      this.circuit = new CircuitBreaker(profile.circuitBreaker, this.baseOrigin, (state) => this.#tell(state));
    }
  }

  get counters(): ConnectionContext['counters'] {
    return this.#context.counters;
  }

  get queued(): number {
    return this.queue.waiting;
  }

  /**
   * Opens a socket, unless one is open, and keeps it for the next request. Requests wait for that the first time only:
   * afterwards they try on their own, whatever the state.
   */
  async connect(signal: AbortSignal): Promise<void> {
    try {
      await this.#sockets.prepare(this.baseRoute, signal);
    } finally {
      if (!signal.aborted) this.queue.setOpen(true);
    }
  }

  async disconnect(final: boolean): Promise<void> {
    this.queue.setOpen(false);
    if (final) this.queue.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MILLIS);
    });
    await Promise.race([this.queue.whenIdle(), late]);
    clearTimeout(timer);
    await this.#sockets.end();
  }

  async probe(signal: AbortSignal): Promise<ProbeAnswer> {
    const queue = { maxCount: 1, maxBytes: Number.POSITIVE_INFINITY, maxAgeMillis: 0, overflow: 'refuse' } as const;
    const session = this.session({ queue });
    const { origin, pathname } = new URL(this.profile.baseUrl);
    try {
      return await probe(session, `${origin}${pathname}`, this.profile.auth !== undefined, signal);
    } finally {
      session.close();
    }
  }

  session(options: SessionOptions): HttpSession {
    return new SharedHttpSession(this, options.queue);
  }

  details(): Record<string, unknown> {
    const protocol = this.#sockets.protocol(this.baseRoute.key);
    const renewAt = this.tokens?.renewAt;
    return {
      sockets: this.#sockets.open,
      maxSockets: this.profile.maxSockets,
      ...(protocol ? { protocol } : {}),
      waiting: this.queue.waiting,
      inFlight: this.queue.inFlight,
      ...(this.circuit ? { circuit: this.circuit.state.kind } : {}),
      ...(renewAt === undefined ? {} : { tokenRenewAt: renewAt }),
    };
  }

  queues(): QueueView[] {
    return this.queue.views;
  }

  onCircuit(listener: (state: CircuitState) => void): () => void {
    this.#circuitListeners.add(listener);
    return () => this.#circuitListeners.delete(listener);
  }

  #tell(state: CircuitState): void {
    // What waits is refused, too, or may go.
    this.queue.pumpSoon();
    for (const listener of [...this.#circuitListeners]) {
      try {
        listener(state);
      } catch (thrown) {
        this.#context.warn(PoolError.from(thrown));
      }
    }
  }

  #askForToken({ url, headers, body }: TokenRequest): Promise<RawResponse> {
    const route = url.origin === this.baseOrigin ? this.baseRoute : routeTo(url, this.profile, true);
    const via = route.viaProxy;
    const wire = {
      method: 'POST',
      path: `${via ? url.origin : ''}${url.pathname}${url.search}`,
      headers: { ...headers, ...(via ? { host: url.host, ...via.headers } : {}) },
      body,
      repeatable: false,
      maxBytes: MAX_TOKEN_BYTES,
      subject: `POST ${url.pathname}`,
    };
    return new Promise((resolve, reject) => {
      const listener: SendingListener = {
        bytes: body.length,
        wire: () => wire,
        sent: (failure, response) => {
          clearTimeout(timer);
          if (response) resolve(response);
          else reject(failure?.error);
        },
      };
      const millis = Math.min(this.profile.requestTimeoutMillis || TOKEN_MILLIS, TOKEN_MILLIS);
      const sending = new Sending(this.queue, route, this.#own, listener);
      const timer = setTimeout(() => {
        const message = t`no complete answer within ${millis / 1_000} s; see what holds it up.`;
        sending.cancel(new RequestFailure(new PoolError('HTTP_TIMEOUT', message), 'never'));
      }, millis);
      timer.unref();
      sending.begin(true);
    });
  }
}
