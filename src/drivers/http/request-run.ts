/** One request from the node's call to its outcome: credentials, attempts, redirects and the time limit over it all. */
import type { Counters } from '../../core/counters';
import { PoolError } from '../../core/errors';
import type { AccessTokens } from './access-token';
import type { CircuitBreaker } from './circuit-breaker';
import { type Credentials, credentialsFor, NO_CREDENTIALS, queryCredential } from './credentials';
import { decodeBody } from './decode-body';
import type { DispatchQueue } from './dispatch-queue';
import type { RawResponse } from './exchange';
import { leftInRedirect, RequestFailure, tooLate, tooManyRedirects } from './http-error';
import type { NormalHttpProfile } from './normalise-profile';
import type { OpenRequest, OpenRequests } from './open-requests';
import { proxyRefused } from './open-socket';
import { type Hop, isRepeatable, type PreparedRequest } from './prepare-request';
import { nextHop } from './redirects';
import { delayAfterFailure, delayAfterStatus } from './retry-rules';
import { type Route, routeTo } from './route';
import { type Sender, Sending, type SendingListener } from './send';
import type { HttpReceiver, HttpRedirect } from './session';
import { type WireRequest, wireRequest } from './wire-request';
import { t } from '../../core/wording';

const NO_REDIRECTS: readonly HttpRedirect[] = [];

/** What requests need of their connection. */
export interface RunSurroundings {
  readonly profile: NormalHttpProfile;
  readonly counters: Counters;
  readonly baseOrigin: string;
  readonly baseRoute: Route;
  readonly queue: DispatchQueue;
  readonly tokens: AccessTokens | undefined;
  readonly circuit: CircuitBreaker | undefined;
}

export class RequestRun implements OpenRequest, SendingListener {
  readonly deadline: number;
  readonly #around: RunSurroundings;
  readonly #request: PreparedRequest;
  readonly #sender: Sender;
  readonly #open: OpenRequests<RequestRun>;
  readonly #receiver: HttpReceiver;
  #hop: Hop;
  #redirects: readonly HttpRedirect[] = NO_REDIRECTS;
  #attempts = 1;
  #tokenRenewed = false;
  /** With which it was or will be sent. */
  #credentials = NO_CREDENTIALS;
  #stopped: PoolError | undefined;
  #sending: Sending | undefined;
  #unlisten: (() => void) | undefined;
  /** While it waits for a token or for its next attempt: ends the waiting. */
  #cancelWait: (() => void) | undefined;

  /** @param open where it is while it has no outcome */
  constructor(
    around: RunSurroundings,
    request: PreparedRequest,
    sender: Sender,
    open: OpenRequests<RequestRun>,
    receiver: HttpReceiver,
  ) {
    const { timeoutMillis } = request;
    this.deadline = timeoutMillis > 0 ? performance.now() + timeoutMillis : Number.POSITIVE_INFINITY;
    this.#around = around;
    this.#request = request;
    this.#sender = sender;
    this.#open = open;
    this.#receiver = receiver;
    this.#hop = request;
  }

  /** Begins; may end before it returns. */
  start(): void {
    this.#open.add(this);
    const { signal } = this.#request.asked;
    if (signal) this.#listenTo(signal);
    this.#attempt();
  }

  get bytes(): number {
    return this.#hop.body?.length ?? 0;
  }

  wire(route: Route): WireRequest {
    const { maxResponseBytes } = this.#around.profile;
    return wireRequest(this.#hop, route, this.#credentials, this.#repeatable, maxResponseBytes);
  }

  /** Gives it up now, wherever it is. */
  stop(error: PoolError): void {
    this.#stopped ??= error;
    // A server that let the time run out has failed; a request that never left has told nothing of it.
    const again = this.#sending?.onWire && error.code === 'HTTP_TIMEOUT' ? 'repeatable' : 'never';
    this.#sending?.cancel(new RequestFailure(this.#stopped, again));
    if (!this.#cancelWait) return;
    this.#cancelWait();
    this.#cancelWait = undefined;
    this.#fail(this.#stopped);
  }

  /** Lets what is under way come to its end; what waits is given up, and nothing more is sent. */
  retire(error: PoolError): void {
    if (this.#sending?.onWire) this.#stopped ??= error;
    else this.stop(error);
  }

  expire(): void {
    this.stop(tooLate(this.#around.baseOrigin, this.#request.timeoutMillis));
  }

  /** Whether it goes to the server of the base URL. */
  get #trusted(): boolean {
    return this.#hop.address.origin === this.#around.baseOrigin;
  }

  get #repeatable(): boolean {
    return isRepeatable(this.#hop, this.#request.keyed);
  }

  /** Whether a server was asked for it and redirected, and another one must not be asked for it again. */
  get #mayBeDone(): boolean {
    return this.#redirects.length > 0 && !isRepeatable(this.#request, this.#request.keyed);
  }

  #attempt(): void {
    try {
      if (this.#stopped) throw this.#stopped;
      const { profile, tokens } = this.#around;
      const given = this.#trusted ? credentialsFor(this.#hop, profile.auth, tokens) : NO_CREDENTIALS;
      if (given instanceof Promise) this.#sendWhen(given);
      else this.#send(given);
    } catch (thrown) {
      this.#failed(RequestFailure.from(thrown));
    }
  }

  /** One time over the wire. */
  #send(credentials: Credentials): void {
    const { profile, queue, baseRoute } = this.#around;
    const trusted = this.#trusted;
    const route = trusted ? baseRoute : routeTo(new URL(this.#hop.address.origin), profile, false);
    this.#credentials = credentials;
    // What others answer says nothing of the server of the base URL.
    const sender = trusted ? this.#sender : { ...this.#sender, circuit: undefined };
    this.#sending = new Sending(queue, route, sender, this);
    this.#sending.begin(this.#attempts > 1 || this.#tokenRenewed || this.#redirects.length > 0);
  }

  /** What was sent has an answer, or a failure. */
  sent(failure: RequestFailure | undefined, answer?: RawResponse): void {
    const viaProxy = this.#sending?.route.viaProxy;
    this.#sending = undefined;
    try {
      const { proxy } = this.#around.profile;
      if (answer?.status === 407 && viaProxy && proxy) throw proxyRefused(proxy, 407);
      if (answer) this.#answered(answer);
      else if (failure) this.#failed(failure);
    } catch (thrown) {
      this.#fail(PoolError.from(thrown, 'HTTP_FAILED'));
    }
  }

  #answered(answer: RawResponse): void {
    const { status, headers } = answer;
    const { retry, maxRedirects } = this.#request;
    const { token } = this.#credentials;
    if (token !== undefined && this.#needsNewToken(status, token)) return this.#attempt();
    const delay = delayAfterStatus(status, headers, this.#repeatable, this.#attempts, retry);
    if (delay !== undefined && this.#helps(delay)) return this.#tryAgainIn(delay, status);
    const next =
      maxRedirects > 0 && status < 400
        ? nextHop(this.#hop, answer, queryCredential(this.#around.profile.auth))
        : undefined;
    if (next) this.#follow(next, answer);
    else if (headers['content-encoding']) void this.#decode(answer);
    else this.#end(answer);
  }

  /** Once for a request. */
  #needsNewToken(status: number, token: string): boolean {
    const { tokens } = this.#around;
    if (status !== 401) tokens?.accepted(token);
    if (status !== 401 || this.#tokenRenewed || !tokens?.refused(token)) return false;
    this.#tokenRenewed = true;
    return true;
  }

  #failed(failure: RequestFailure): void {
    const delay = delayAfterFailure(failure.again, this.#repeatable, this.#attempts, this.#request.retry);
    if (delay === undefined || !this.#helps(delay)) this.#fail(failure.error);
    else this.#tryAgainIn(delay);
  }

  /** What is known by now is better than running out of time, or being refused, while waiting for another try. */
  #helps(delayMillis: number): boolean {
    if (this.#trusted && this.#around.circuit?.refusal(delayMillis)) return false;
    return performance.now() + delayMillis < this.deadline;
  }

  #tryAgainIn(delayMillis: number, status?: number): void {
    if (this.#stopped) return this.#fail(this.#stopped);
    const notice = { attempts: this.#attempts, at: Date.now() + delayMillis };
    try {
      const { asked } = this.#request;
      asked.onRetry?.(status === undefined ? notice : { ...notice, status }, asked);
    } catch (thrown) {
      return this.#fail(PoolError.from(thrown, 'HTTP_FAILED'));
    }
    const timer = setTimeout(() => {
      this.#cancelWait = undefined;
      this.#attempts += 1;
      this.#attempt();
    }, delayMillis);
    timer.unref();
    this.#cancelWait = () => clearTimeout(timer);
  }

  #follow(next: Hop, { status, headers }: RawResponse): void {
    const { maxRedirects } = this.#request;
    if (this.#redirects.length >= maxRedirects) throw tooManyRedirects(this.#around.baseOrigin, maxRedirects);
    const redirect = { status, url: this.#hop.address.href, location: next.address.href, headers };
    this.#redirects = [...this.#redirects, redirect];
    this.#hop = next;
    this.#attempt();
  }

  /** Waiting for a token ends with the request; a server that gives none at the moment may do so at the next attempt. */
  #sendWhen(given: Promise<Credentials>): void {
    let waits = true;
    this.#cancelWait = () => {
      waits = false;
    };
    const goOn = (step: () => void): void => {
      if (!waits) return;
      this.#cancelWait = undefined;
      try {
        step();
      } catch (thrown) {
        this.#failed(RequestFailure.from(thrown));
      }
    };
    given.then(
      (credentials) => goOn(() => this.#send(credentials)),
      (thrown: unknown) =>
        goOn(() => {
          const error = PoolError.from(thrown);
          throw error.code === 'HTTP_TOKEN_UNAVAILABLE' ? new RequestFailure(error, 'always') : error;
        }),
    );
  }

  async #decode(answer: RawResponse): Promise<void> {
    try {
      const { 'content-encoding': encoding, 'content-length': _length, ...headers } = answer.headers;
      const asked = this.#hop.method === 'HEAD' ? undefined : encoding;
      const body = await decodeBody(answer.body, asked, this.#around.profile.maxResponseBytes);
      this.#end(body ? { ...answer, headers, body } : answer);
    } catch (thrown) {
      this.#fail(PoolError.from(thrown, 'HTTP_FAILED'));
    }
  }

  #end({ status, headers, body }: RawResponse): void {
    const url = this.#hop.address.href;
    const response = { status, headers, body, url, redirects: this.#redirects, attempts: this.#attempts };
    this.#over();
    this.#receiver.answered(response);
  }

  #fail(thrown: PoolError): void {
    const error = thrown.code === 'HTTP_WITHDRAWN' && this.#mayBeDone ? leftInRedirect() : thrown;
    if (error.code !== 'HTTP_ABORTED') this.#around.counters.refused += 1;
    this.#over();
    this.#receiver.failed(error);
  }

  #over(): void {
    this.#open.delete(this);
    this.#unlisten?.();
  }

  #listenTo(signal: AbortSignal): void {
    const abort = () => this.stop(new PoolError('HTTP_ABORTED', t`The request was given up by the one who sent it.`));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    this.#unlisten = () => signal.removeEventListener('abort', abort);
  }
}
