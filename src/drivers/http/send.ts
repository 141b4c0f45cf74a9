/** Puts one request into the queue and tells what came of it. */
import type { QueueAccount } from '../../core/send-queue';
import type { DispatchQueue } from './dispatch-queue';
import type { Departure } from './dispatch-queue';
import type { MessageEvent } from '../../core/tracing';
import { Exchange, type RawResponse, type WireRequest } from './exchange';
import { RequestFailure } from './http-error';
import type { PooledSocket } from './pooled-socket';
import type { Route } from './route';
import type { PoolError } from '../../core/errors';

export interface SendManner {
  readonly account: QueueAccount;
  /** Whether it is in line before what is waiting. */
  readonly first: boolean;
  readonly unlimited: boolean;
}

/** Called once: with an answer or with a failure. */
export type Sent = (failure: RequestFailure | undefined, response?: RawResponse) => void;

/** A request on its way: in the queue, then on a socket. */
export class Sending implements Departure {
  readonly route: Route;
  readonly account: QueueAccount;
  readonly unlimited: boolean;
  readonly bytes: number;
  discarded = false;
  queuedAt = 0;
  sentAt = 0;
  traced: MessageEvent | undefined;
  readonly #wire: WireRequest;
  readonly #queue: DispatchQueue;
  readonly #done: Sent;
  #exchange: Exchange | undefined;
  #settled = false;

  constructor(queue: DispatchQueue, route: Route, wire: WireRequest, manner: SendManner, done: Sent) {
    this.#queue = queue;
    this.route = route;
    this.#wire = wire;
    this.account = manner.account;
    this.unlimited = manner.unlimited;
    this.bytes = wire.body?.length ?? 0;
    this.#done = done;
    if (manner.first) queue.addFirst(this);
    else queue.add(this);
  }

  /** Without the query: that may hold secrets. */
  get subject(): string {
    const { method, path } = this.#wire;
    return `${method} ${path.replace(/^https?:\/\/[^/?]*/, '').replace(/\?.*/s, '')}`;
  }

  /** Whether it has left the queue and is under way. */
  get onWire(): boolean {
    return this.#exchange !== undefined && !this.#settled;
  }

  cancel(failure: RequestFailure): void {
    if (this.#settled) return;
    if (this.#exchange) return this.#exchange.abort(failure);
    this.#queue.remove(this);
    this.#settle(failure);
  }

  start(socket: PooledSocket, over: () => void): void {
    this.#exchange = new Exchange(this.#wire, this.route.address, {
      answered: (response) => this.#settle(undefined, response),
      failed: (failure) => this.#settle(failure),
      over,
    });
    this.#exchange.start(socket);
  }

  discard(error: PoolError): void {
    this.#settle(new RequestFailure(error, 'never'));
  }

  #settle(failure: RequestFailure | undefined, response?: RawResponse): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#queue.settled(this, failure?.error, response?.body.length);
    this.#done(failure, response);
  }
}
