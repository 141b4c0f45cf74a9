/** One request from the node's call to its outcome: credentials, attempts, redirects and the time limit over it all. */
import type { Counters } from '../../core/counters';
import { PoolError } from '../../core/errors';
import type { QueueAccount } from '../../core/send-queue';
import type { AccessTokens } from './access-token';
import type { CircuitBreaker } from './circuit-breaker';
import { type Credentials, credentialsFor, NO_CREDENTIALS, queryCredential } from './credentials';
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
  readonly counters: Counters;
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
  #attempts = 1;
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

  /**
   * @param ended called when it has its outcome
   * @throws PoolError see `HttpSession.request`
   */
  async run(ended: () => void): Promise<HttpResponse> {
    const { timeoutMillis, maxRedirects } = this.#request;
    const timer = timeoutMillis > 0 ? setTimeout(() => this.stop(this.#late()), timeoutMillis) : undefined;
    timer?.unref();
    if (timer) this.#deadline = Date.now() + timeoutMillis;
    try {
      let { hop } = this.#request;
      for (;;) {
        const response = await this.#answer(hop);
        const next =
          maxRedirects > 0 && response.status < 400
            ? nextHop(hop, response, queryCredential(this.#around.profile.auth))
            : undefined;
        if (!next)
          return response.headers['content-encoding'] ? await this.#decoded(hop, response) : this.#whole(hop, response);
        if (this.#redirects.length >= maxRedirects) throw this.#tooMany();
        const { status, headers } = response;
        this.#redirects.push({ status, url: hop.address.href, location: next.address.href, headers });
        hop = next;
      }
    } catch (thrown) {
      const { error } = RequestFailure.from(thrown);
      if (error.code !== 'HTTP_ABORTED') this.#around.counters.refused += 1;
      throw error;
    } finally {
      clearTimeout(timer);
      ended();
    }
  }

  /** Gives it up now, wherever it is. */
  stop(error: PoolError): void {
    this.#stopped ??= error;
    // A server that let the time run out has failed; a request that never left has told nothing of it.
    const again = this.#sending?.onWire && error.code === 'HTTP_TIMEOUT' ? 'repeatable' : 'never';
    this.#sending?.cancel(new RequestFailure(this.#stopped, again));
    this.#cancelStep?.(this.#stopped);
  }

  /** Lets what is under way come to its end; what waits is given up, and nothing more is sent. */
  retire(error: PoolError): void {
    if (this.#sending?.onWire) this.#stopped ??= error;
    else this.stop(error);
  }

  /** The answer to one hop, with as many attempts as the retry rules allow. */
  async #answer(hop: Hop): Promise<RawResponse> {
    const { retry, keyed } = this.#request;
    const { profile, baseOrigin, tokens } = this.#around;
    const repeatable = isRepeatable(hop, keyed);
    const trusted = hop.address.origin === baseOrigin;
    for (;;) {
      let delay: number | undefined;
      let status: number | undefined;
      try {
        const given = trusted ? credentialsFor(hop, profile.auth, tokens) : NO_CREDENTIALS;
        const credentials = given instanceof Promise ? await this.#credentials(given) : given;
        const response = await this.#send(hop, trusted, credentials, repeatable);
        if (response.status === 401 && credentials.token !== undefined && !this.#tokenRenewed) {
          this.#tokenRenewed = true;
          tokens?.refused(credentials.token);
          continue;
        }
        delay = delayAfterStatus(response.status, response.headers, repeatable, this.#attempts, retry);
        if (delay === undefined || !this.#helps(delay, trusted)) return response;
        ({ status } = response);
      } catch (thrown) {
        const failure = RequestFailure.from(thrown);
        delay = delayAfterFailure(failure.again, repeatable, this.#attempts, retry);
        if (delay === undefined || !this.#helps(delay, trusted)) throw failure;
      }
      const notice = { attempts: this.#attempts, at: Date.now() + delay };
      this.#request.onRetry?.(status === undefined ? notice : { ...notice, status });
      await this.#sleep(delay);
      this.#attempts += 1;
    }
  }

  /** One time over the wire. */
  #send(hop: Hop, trusted: boolean, credentials: Credentials, repeatable: boolean): Promise<RawResponse> {
    const { profile, queue, baseRoute, circuit } = this.#around;
    const route = trusted ? baseRoute : routeTo(new URL(hop.address.origin), profile, false);
    const wire = wireRequest(hop, route, credentials, repeatable, profile.maxResponseBytes);
    const first = this.#attempts > 1 || this.#tokenRenewed || this.#redirects.length > 0;
    if (this.#stopped) return Promise.reject(this.#stopped);
    return new Promise((resolve, reject) => {
      const manner = { account: this.#account, first, unlimited: false, circuit: trusted ? circuit : undefined };
      this.#sending = new Sending(queue, route, wire, manner, (failure, answer) => {
        this.#sending = undefined;
        if (!answer) reject(failure);
        else if (answer.status === 407 && route.viaProxy && profile.proxy) reject(proxyRefused(profile.proxy, 407));
        else resolve(answer);
      });
    });
  }

  #whole(hop: Hop, { status, headers, body }: RawResponse): HttpResponse {
    return { status, headers, body, url: hop.address.href, redirects: this.#redirects, attempts: this.#attempts };
  }

  async #decoded(hop: Hop, response: RawResponse): Promise<HttpResponse> {
    const { 'content-encoding': encoding, 'content-length': _length, ...headers } = response.headers;
    const asked = hop.method === 'HEAD' ? undefined : encoding;
    const body = await decodeBody(response.body, asked, this.#around.profile.maxResponseBytes);
    return this.#whole(hop, body ? { ...response, headers, body } : response);
  }

  /** Waiting for a token ends with the request; a server that gives none at the moment may do so at the next attempt. */
  async #credentials(given: Promise<Credentials>): Promise<Credentials> {
    // Whether or not anybody still waits for it.
    given.catch(() => undefined);
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
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped) return reject(this.#stopped);
      const undo = begin(resolve, reject);
      // Settled a second time, by a late call, the promise stays as it is.
      this.#cancelStep = (error) => {
        undo(error);
        reject(error);
      };
    });
  }

  /** What is known by now is better than running out of time, or being refused, while waiting for another try. */
  #helps(delayMillis: number, trusted: boolean): boolean {
    if (trusted && this.#around.circuit?.refusal(delayMillis)) return false;
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
  const { address, headers } = hop;
  const via = route.viaProxy;
  let { path } = address;
  if (credentials.query) {
    const [name, value] = credentials.query;
    path += `${address.path === address.pathname ? '?' : '&'}${new URLSearchParams({ [name]: value }).toString()}`;
  }
  if (via) path = `${address.origin}${path}`;
  return {
    method: hop.method,
    path,
    headers:
      via || credentials !== NO_CREDENTIALS
        ? { ...(via ? { host: address.host } : undefined), ...headers, ...credentials.headers, ...via?.headers }
        : headers,
    body: hop.body,
    repeatable,
    maxBytes,
    subject: `${hop.method} ${address.pathname}`,
  };
}
