/** One request and its answer over one socket, with the body collected up to a limit. */
import type { Dispatcher } from 'undici';
import { PoolError } from '../../core/errors';
import { codeOf, requestFailure, RequestFailure } from './http-error';
import type { PooledSocket } from './pooled-socket';
import type { HttpHeaders } from './session';
import type { WireRequest } from './wire-request';
import { t } from '../../core/wording';

export interface RawResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Buffer;
}

export interface ExchangeListener {
  answered(response: RawResponse): void;
  failed(failure: RequestFailure): void;
  /** The socket has no more to do with it. */
  over(): void;
}

/** Statuses of answers without a body (RFC 9110, 6.4.1). */
const BODILESS = new Set([204, 304]);

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: WireRequest;
  readonly #address: string;
  readonly #listener: ExchangeListener;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #bytes = 0;
  #status = 0;
  #headers: HttpHeaders = {};
  #settled = false;
  #over = false;
  #abortedBy: RequestFailure | undefined;

  constructor(request: WireRequest, address: string, listener: ExchangeListener) {
    this.#request = request;
    this.#address = address;
    this.#listener = listener;
  }

  start(socket: PooledSocket): void {
    const { method, path, headers, body, repeatable } = this.#request;
    try {
      socket.dispatch(
        {
          method,
          path,
          headers: headers as Record<string, string | string[]>,
          body: body ?? null,
          // HTTP/2 streams are independent; on HTTP/1.1 nothing is pipelined around what must not be repeated.
          idempotent: repeatable || socket.protocol === 'HTTP/2',
          blocking: false,
        },
        this,
      );
    } catch (thrown) {
      this.onResponseError(undefined, thrown);
    }
  }

  /** Gives it up; the socket goes with it, unless HTTP/2 is spoken on it. */
  abort(failure: RequestFailure): void {
    if (this.#settled) return;
    this.#abortedBy = failure;
    this.#fail(failure);
    this.#controller?.abort(failure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The client begins again on a new socket with what it had pipelined; what must not be repeated is not sent twice.
    const again = this.#controller !== undefined && !this.#request.repeatable;
    this.#controller = controller;
    if (again) this.#abortedBy ??= requestFailure(undefined, this.#address, { sent: true, answered: false });
    if (this.#abortedBy) controller.abort(this.#abortedBy);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = withCookieList(headers);
    const announced = Number(headers['content-length'] ?? 0);
    const hasBody = this.#request.method !== 'HEAD' && !BODILESS.has(status);
    if (hasBody && announced > this.#request.maxBytes) controller.abort(this.#tooLarge());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#request.maxBytes) {
      this.#chunks.length = 0;
      controller.abort(this.#tooLarge());
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#settled) {
      this.#settled = true;
      const [only] = this.#chunks;
      const body = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#bytes);
      this.#listener.answered({ status: this.#status, headers: this.#headers, body });
    }
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, thrown: unknown): void {
    // The client takes the length that 204 and 304 may announce for that of a body, which these never have.
    if (BODILESS.has(this.#status) && this.#bytes === 0 && codeOf(thrown) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
      return this.onResponseEnd();
    }
    const progress = { sent: this.#controller !== undefined, answered: this.#status !== 0 };
    this.#fail(this.#abortedBy ?? requestFailure(thrown, this.#address, progress));
    this.#end();
  }

  #fail(failure: RequestFailure): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#listener.failed(failure);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.over();
  }

  #tooLarge(): RequestFailure {
    const message = t`The answer of ${this.#address} is larger than ${this.#request.maxBytes} bytes; raise the limit of the profile or ask for less.`;
    this.#abortedBy ??= new RequestFailure(new PoolError('HTTP_BODY_TOO_LARGE', message), 'never');
    return this.#abortedBy;
  }
}

function withCookieList(headers: HttpHeaders): HttpHeaders {
  const cookies = headers['set-cookie'];
  return typeof cookies === 'string' ? { ...headers, 'set-cookie': [cookies] } : headers;
}
