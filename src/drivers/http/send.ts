/** One request on its way: in the queue, then on a socket, until it has its outcome. */
import type { PoolError } from '../../core/errors';
import type { QueueAccount } from '../../core/send-queue';
import type { MessageEvent } from '../../core/tracing';
import type { Departure, DispatchQueue } from './dispatch-queue';
import { Exchange, type ExchangeListener, type RawResponse, type WireRequest } from './exchange';
import { RequestFailure } from './http-error';
import type { PooledSocket } from './pooled-socket';
import type { Route } from './route';

export interface SendManner {
  readonly account: QueueAccount;
  /** Whether it is in line before what is waiting. */
  readonly first: boolean;
  /** Whether it waits for no limit but that of the sockets. */
  readonly unlimited: boolean;
}

/** Called once: with an answer or with a failure. */
export type Sent = (failure: RequestFailure | undefined, response?: RawResponse) => void;

export class Sending implements Departure, ExchangeListener {
  readonly route: Route;
  readonly account: QueueAccount;
  readonly unlimited: boolean;
  readonly bytes: number;
  discarded = false;
  queuedAt = 0;
  sentAt = 0;
  traced: MessageEvent | undefined;
  socket: PooledSocket | undefined;
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

  get subject(): string {
    return this.#wire.subject;
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

  start(socket: PooledSocket): void {
    this.socket = socket;
    this.#exchange = new Exchange(this.#wire, this.route.address, this);
    this.#exchange.start(socket);
  }

  discard(error: PoolError): void {
    this.#settle(new RequestFailure(error, 'never'));
  }

  answered(response: RawResponse): void {
    this.#settle(undefined, response);
  }

  failed(failure: RequestFailure): void {
    this.#settle(failure);
  }

  over(): void {
    this.#queue.left(this);
  }

  #settle(failure: RequestFailure | undefined, response?: RawResponse): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#queue.settled(this, failure?.error, response?.body.length);
    this.#done(failure, response);
  }
}
