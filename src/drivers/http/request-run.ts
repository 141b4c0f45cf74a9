/** One request from the node's call to its outcome: credentials, attempts, redirects and the time limit over it all. */
import { PoolError } from '../../core/errors';
import type { QueueAccount } from '../../core/send-queue';
import type { AccessTokens } from './access-token';
import type { CircuitBreaker, CircuitOutcome } from './circuit-breaker';
import { type Credentials, credentialsFor, NO_CREDENTIALS } from './credentials';
import { decodeBody } from './decode-body';
import type { DispatchQueue } from './dispatch-queue';
import type { RawResponse, WireRequest } from './exchange';
import { RequestFailure } from './http-error';
import type { NormalHttpProfile } from './normalise-profile';
import { proxyRefused } from './open-socket';
import { type Hop, isRepeatable, type PreparedRequest } from './prepare-request';
import { nextHop } from './redirects';
import { delayAfterFailure, delayAfterStatus } from './retry-rules';
import { type Route, routeTo } from './route';
import { Sending } from './send';
import type { HttpRedirect, HttpResponse } from './session';

/** What requests need of their connection. */
export interface RunSurroundings {
  readonly profile: NormalHttpProfile;
  readonly baseOrigin: string;
  readonly baseRoute: Route;
  readonly queue: DispatchQueue;
  readonly tokens: AccessTokens | undefined;
  readonly circuit: CircuitBreaker | undefined;
}

export class RequestRun {
  readonly #around: RunSurroundings;
  readonly #request: PreparedRequest;
  readonly #account: QueueAccount;
  readonly #redirects: HttpRedirect[] = [];
  #attempts = 0;
  #tokenRenewed = false;
  #stopped: PoolError | undefined;
  #cancelStep: ((error: PoolError) => void) | undefined;
  #sending: Sending | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(around: RunSurroundings, request: PreparedRequest, account: QueueAccount) {
    this.#around = around;
    this.#request = request;
    this.#account = account;
  }

  /** @throws PoolError see `HttpSession.request` */
  async run(): Promise<HttpResponse> {
    const { timeoutMillis } = this.#request;
    const timer = timeoutMillis > 0 ? setTimeout(() => this.stop(this.#late()), timeoutMillis) : undefined;
    timer?.unref();
    if (timer) this.#deadline = Date.now() + timeoutMillis;
    try {
      return await this.#follow();
    } catch (thrown) {
      throw RequestFailure.from(thrown).error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives it up now, wherever it is. */
  stop(error: PoolError): void {
    this.#stopped ??= error;
    this.#cancelStep?.(this.#stopped);
  }

  /** Lets what is under way come to its end; what waits is given up, and nothing more is sent. */
  retire(error: PoolError): void {
    if (this.#sending?.onWire) this.#stopped ??= error;
    else this.stop(error);
  }

  async #follow(): Promise<HttpResponse> {
    let { hop } = this.#request;
    for (;;) {
      const response = await this.#answer(hop);
      const next = this.#request.maxRedirects > 0 ? nextHop(hop, response) : undefined;
      if (!next) return this.#finish(hop, response);
      if (this.#redirects.length >= this.#request.maxRedirects) throw this.#tooMany();
      const { status, headers } = response;
      this.#redirects.push({ status, url: hop.url.href, location: next.url.href, headers });
      hop = next;
    }
  }

  /** The answer to one hop, with as many attempts as the retry rules allow. */
  async #answer(hop: Hop): Promise<RawResponse> {
    const { retry, keyed } = this.#request;
    const repeatable = isRepeatable(hop, keyed);
    for (;;) {
      this.#attempts += 1;
      let delay: number | undefined;
      try {
        const response = await this.#attempt(hop, repeatable);
        delay = delayAfterStatus(response.status, response.headers, repeatable, this.#attempts, retry);
        if (delay === undefined || !this.#leavesTimeFor(delay)) return response;
      } catch (thrown) {
        const failure = RequestFailure.from(thrown);
        delay = delayAfterFailure(failure.again, repeatable, this.#attempts, retry);
        if (delay === undefined) throw failure;
      }
      await this.#sleep(delay);
    }
  }

  async #attempt(hop: Hop, repeatable: boolean): Promise<RawResponse> {
    const { profile, baseOrigin, tokens, circuit } = this.#around;
    const trusted = hop.url.origin === baseOrigin;
    for (;;) {
      const given = trusted ? credentialsFor(hop, profile.auth, tokens) : NO_CREDENTIALS;
      const credentials = given instanceof Promise ? await this.#credentials(given) : given;
      const leave = trusted ? circuit?.enter() : undefined;
      const response = await this.#send(hop, trusted, credentials, repeatable, leave);
      if (response.status !== 401 || credentials.token === undefined || this.#tokenRenewed) return response;
      this.#tokenRenewed = true;
      tokens?.refused(credentials.token);
    }
  }

  async #send(
    hop: Hop,
    trusted: boolean,
    credentials: Credentials,
    repeatable: boolean,
    leave: ((outcome: CircuitOutcome) => void) | undefined,
  ): Promise<RawResponse> {
    const { profile, queue, baseRoute } = this.#around;
    const route = trusted ? baseRoute : routeTo(hop.url, profile, false);
    const wire = wireRequest(hop, route, credentials, repeatable, profile.maxResponseBytes);
    const first = this.#attempts > 1 || this.#tokenRenewed || this.#redirects.length > 0;
    let outcome: CircuitOutcome = 'unknown';
    try {
      const response = await this.#step<RawResponse>((resolve, reject) => {
        const manner = { account: this.#account, first, unlimited: false };
        const sending = new Sending(queue, route, wire, manner, (failure, answer) => {
          this.#sending = undefined;
          if (answer) resolve(answer);
          else reject(failure);
        });
        this.#sending = sending;
        return (error) => {
          if (sending.onWire && error.code === 'HTTP_TIMEOUT') outcome = 'failure';
          sending.cancel(new RequestFailure(error, 'never'));
        };
      });
      if (route.viaProxy && profile.proxy && response.status === 407) throw proxyRefused(profile.proxy, 407);
      outcome = response.status >= 500 ? 'failure' : 'success';
      return response;
    } catch (thrown) {
      if (isFailureOfServer(RequestFailure.from(thrown).error)) outcome = 'failure';
      throw thrown;
    } finally {
      leave?.(outcome);
    }
  }

  async #finish(hop: Hop, response: RawResponse): Promise<HttpResponse> {
    const { status, headers } = response;
    const encoding = hop.method === 'HEAD' ? undefined : headers['content-encoding'];
    const body = await decodeBody(response.body, encoding, this.#around.profile.maxResponseBytes);
    const { 'content-encoding': _encoding, 'content-length': _length, ...others } = headers;
    return {
      status,
      headers: body ? others : headers,
      body: body ?? response.body,
      url: hop.url.href,
      redirects: this.#redirects,
      attempts: this.#attempts,
    };
  }

  /** Waiting for a token ends with the request; a server that gives none at the moment may do so at the next attempt. */
  async #credentials(given: Promise<Credentials>): Promise<Credentials> {
    try {
      return await this.#step<Credentials>((resolve, reject) => {
        given.then(resolve, reject);
        return () => undefined;
      });
    } catch (thrown) {
      const error = PoolError.from(thrown);
      throw error.code === 'HTTP_TOKEN_UNAVAILABLE' ? new RequestFailure(error, 'always') : thrown;
    }
  }

  #sleep(millis: number): Promise<void> {
    return this.#step((resolve) => {
      const timer = setTimeout(() => resolve(undefined), millis);
      timer.unref();
      return () => clearTimeout(timer);
    });
  }

  /** One thing that takes time, given up when the request is. */
  #step<T>(begin: (resolve: (value: T) => void, reject: (thrown: unknown) => void) => (error: PoolError) => void) {
    if (this.#stopped) return Promise.reject<T>(this.#stopped);
    return new Promise<T>((resolve, reject) => {
      const undo = begin(resolve, reject);
      this.#cancelStep = (error) => {
        undo(error);
        reject(error);
      };
    }).finally(() => {
      this.#cancelStep = undefined;
    });
  }

  /** An answer in hand is better than running out of time while waiting for another. */
  #leavesTimeFor(delayMillis: number): boolean {
    return Date.now() + delayMillis < this.#deadline;
  }

  #late(): PoolError {
    const seconds = this.#request.timeoutMillis / 1_000;
    const message = `No complete answer of ${this.#around.baseOrigin} within ${seconds} s; raise the time limit or see what holds it up.`;
    return new PoolError('HTTP_TIMEOUT', message);
  }

  #tooMany(): PoolError {
    const message = `${this.#around.baseOrigin} redirects more than ${this.#request.maxRedirects} times; see where it leads, or raise the limit.`;
    return new PoolError('HTTP_TOO_MANY_REDIRECTS', message);
  }
}

function wireRequest(
  hop: Hop,
  route: Route,
  credentials: Credentials,
  repeatable: boolean,
  maxBytes: number,
): WireRequest {
  let path = `${hop.url.pathname}${hop.url.search}`;
  if (credentials.query) {
    const [name, value] = credentials.query;
    path += `${hop.url.search === '' ? '?' : '&'}${new URLSearchParams({ [name]: value }).toString()}`;
  }
  const via = route.viaProxy;
  if (via) path = `${hop.url.origin}${path}`;
  const host = via ? { host: hop.url.host } : {};
  return {
    method: hop.method,
    path,
    headers: { ...host, ...hop.headers, ...credentials.headers, ...via?.headers },
    body: hop.body,
    repeatable,
    maxBytes,
  };
}

function isFailureOfServer({ code }: PoolError): boolean {
  return ['HTTP_UNREACHABLE', 'HTTP_TLS', 'HTTP_CONNECTION_LOST', 'HTTP_BAD_RESPONSE'].includes(code);
}
