/** One request on its way: in the queue, then on a socket, until it has its outcome. */
import type { PoolError } from '../../core/errors';
import type { QueueAccount } from '../../core/send-queue';
import type { MessageEvent } from '../../core/tracing';
import type { CircuitBreaker, CircuitOutcome } from './circuit-breaker';
import type { Departure, DispatchQueue } from './dispatch-queue';
import { Exchange, type ExchangeListener, type RawResponse } from './exchange';
import { RequestFailure } from './http-error';
import type { PooledSocket } from './pooled-socket';
import type { Route } from './route';
import type { WireRequest } from './wire-request';

/** On whose account requests are sent, and how. */
export interface Sender {
  readonly account: QueueAccount;
  /** Whether they wait for no limit but that of the sockets. */
  readonly unlimited: boolean;
  /** Lets them go, or refuses them, when their turn comes; undefined for none. */
  readonly circuit: CircuitBreaker | undefined;
}

/** What is sent, and who is told. */
export interface SendingListener {
  /** Size of the body. */
  readonly bytes: number;
  /** What goes over the wire; asked for when it does, so that nothing of it is held while it waits. */
  wire(route: Route): WireRequest;
  /** Called once: with an answer or with a failure. */
  sent(failure: RequestFailure | undefined, response?: RawResponse): void;
}

export class Sending implements Departure, ExchangeListener {
  readonly route: Route;
  discarded = false;
  queuedAt = 0;
  sentAt = 0;
  traced: MessageEvent | undefined;
  socket: PooledSocket | undefined;
  readonly #sender: Sender;
  readonly #queue: DispatchQueue;
  readonly #listener: SendingListener;
  #leaveCircuit: ((outcome: CircuitOutcome) => void) | undefined;
  #wire: WireRequest | undefined;
  #exchange: Exchange | undefined;
  #failure: RequestFailure | undefined;
  #response: RawResponse | undefined;

  constructor(queue: DispatchQueue, route: Route, sender: Sender, listener: SendingListener) {
    this.#queue = queue;
    this.route = route;
    this.#sender = sender;
    this.#listener = listener;
  }

  /**
   * Puts it in line; it may settle before this returns.
   *
   * @param first before what is waiting
   */
  begin(first: boolean): void {
    if (first) this.#queue.addFirst(this);
    else this.#queue.add(this);
  }

  get account(): QueueAccount {
    return this.#sender.account;
  }

  get unlimited(): boolean {
    return this.#sender.unlimited;
  }

  get bytes(): number {
    return this.#listener.bytes;
  }

  get subject(): string {
    return this.#onTheWire.subject;
  }

  get #onTheWire(): WireRequest {
    this.#wire ??= this.#listener.wire(this.route);
    return this.#wire;
  }

  get #settled(): boolean {
    return this.#failure !== undefined || this.#response !== undefined;
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
    this.tell();
  }

  refusal(): PoolError | undefined {
    return this.#sender.circuit?.refusal();
  }

  start(socket: PooledSocket): void {
    this.#leaveCircuit = this.#sender.circuit?.enter();
    this.socket = socket;
    this.#exchange = new Exchange(this.#onTheWire, this.route.address, this);
    this.#exchange.start(socket);
  }

  discard(error: PoolError): void {
    if (this.#settled) return;
    this.#settle(new RequestFailure(error, 'never'));
    this.tell();
  }

  answered(response: RawResponse): void {
    this.#settleFromClient(undefined, response);
  }

  failed(failure: RequestFailure): void {
    this.#settleFromClient(failure);
  }

  over(): void {
    this.#queue.left(this);
  }

  /** Passes the outcome on. */
  tell(): void {
    this.#listener.sent(this.#failure, this.#response);
  }

  /** What follows from it, such as another request, has to wait until the client has finished telling. */
  #settleFromClient(failure: RequestFailure | undefined, response?: RawResponse): void {
    if (this.#settled) return;
    this.#settle(failure, response);
    this.#queue.tellSoon(this);
  }

  #settle(failure: RequestFailure | undefined, response?: RawResponse): void {
    this.#failure = failure;
    this.#response = response;
    this.#queue.settled(this, failure?.error, response?.body.length);
    this.#leaveCircuit?.(outcomeOf(failure, response));
  }
}

function outcomeOf(failure: RequestFailure | undefined, answer: RawResponse | undefined): CircuitOutcome {
  if (answer) return answer.status >= 500 ? 'failure' : 'success';
  const { error, again } = failure ?? {};
  if (error?.code === 'HTTP_TIMEOUT') return again === 'repeatable' ? 'failure' : 'unknown';
  const failures = ['HTTP_UNREACHABLE', 'HTTP_TLS', 'HTTP_CONNECTION_LOST', 'HTTP_BAD_RESPONSE'];
  return failures.includes(error?.code ?? '') ? 'failure' : 'unknown';
}
