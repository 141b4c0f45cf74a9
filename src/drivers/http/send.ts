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

export interface SendingListener {
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
  readonly #wire: WireRequest;
  readonly #sender: Sender;
  readonly #queue: DispatchQueue;
  readonly #listener: SendingListener;
  #leaveCircuit: ((outcome: CircuitOutcome) => void) | undefined;
  #exchange: Exchange | undefined;
  #settled = false;

  constructor(queue: DispatchQueue, route: Route, wire: WireRequest, sender: Sender, listener: SendingListener) {
    this.#queue = queue;
    this.route = route;
    this.#wire = wire;
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
    return this.#wire.body?.length ?? 0;
  }

  get subject(): string {
    return `${this.#wire.method} ${this.#wire.pathname}`;
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

  refusal(): PoolError | undefined {
    return this.#sender.circuit?.refusal();
  }

  start(socket: PooledSocket): void {
    this.#leaveCircuit = this.#sender.circuit?.enter();
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
    this.#leaveCircuit?.(outcomeOf(failure, response));
    this.#listener.sent(failure, response);
  }
}

function outcomeOf(failure: RequestFailure | undefined, answer: RawResponse | undefined): CircuitOutcome {
  if (answer) return answer.status >= 500 ? 'failure' : 'success';
  const { error, again } = failure ?? {};
  if (error?.code === 'HTTP_TIMEOUT') return again === 'repeatable' ? 'failure' : 'unknown';
  const failures = ['HTTP_UNREACHABLE', 'HTTP_TLS', 'HTTP_CONNECTION_LOST', 'HTTP_BAD_RESPONSE'];
  return failures.includes(error?.code ?? '') ? 'failure' : 'unknown';
}
