/** A session: one lease's share of an HTTP connection. */
import type { QueueLimits } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { QueueAccount } from '../../core/send-queue';
import type { HttpConnection } from './http-connection';
import { OpenRequests } from './open-requests';
import { type PreparedRequest, prepareRequest } from './prepare-request';
import { RequestRun } from './request-run';
import type { Sender } from './send';
import type { CircuitState, HttpReceiver, HttpRequest, HttpResponse, HttpSession } from './session';
import { t } from '../../core/wording';

export class SharedHttpSession implements HttpSession {
  readonly #connection: HttpConnection;
  readonly #sender: Sender;
  readonly #runs = new OpenRequests<RequestRun>();
  readonly #stopListening = new Set<() => void>();
  readonly withdrawsAll = true;
  #closed = false;

  constructor(connection: HttpConnection, queue: QueueLimits) {
    this.#connection = connection;
    this.#sender = { account: new QueueAccount(queue), unlimited: false, circuit: connection.circuit };
  }

  get pending(): number {
    return this.#runs.size;
  }

  get queued(): number {
    return this.#sender.account.count;
  }

  get rateLimited(): boolean {
    return this.#connection.queue.rateLimited;
  }

  get circuit(): CircuitState | undefined {
    return this.#connection.circuit?.state;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => this.send(request, { answered: resolve, failed: reject }));
  }

  send(request: HttpRequest, receiver: HttpReceiver): void {
    const connection = this.#connection;
    let prepared: PreparedRequest;
    try {
      if (this.#closed) throw releasedError();
      prepared = prepareRequest(request, connection.profile, connection.addresses);
    } catch (thrown) {
      return receiver.failed(PoolError.from(thrown));
    }
    new RequestRun(connection, prepared, this.#sender, this.#runs, receiver).start();
  }

  onCircuit(listener: (state: CircuitState) => void): () => void {
    const stopListening = this.#connection.onCircuit(listener);
    const stop = () => {
      this.#stopListening.delete(stop);
      stopListening();
    };
    this.#stopListening.add(stop);
    return stop;
  }

  limit(queue: QueueLimits): void {
    this.#sender.account.limits = queue;
  }

  withdraw(): void {
    const error = new PoolError('HTTP_WITHDRAWN', t`The request was withdrawn while it waited to be sent.`);
    for (const run of this.#runs) run.retire(error);
  }

  /** What is under way comes to its end; what waits is given up. Others' requests don't notice. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    const error = new PoolError('HTTP_ABORTED', t`The request was given up: the node that sent it was stopped.`);
    for (const run of this.#runs) run.retire(error);
  }
}

function releasedError(): PoolError {
  return new PoolError('LEASE_RELEASED', t`The session of a released lease was used; acquire a new lease.`);
}
