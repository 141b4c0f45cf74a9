/** A session: one lease's share of an HTTP connection. */
import type { QueueLimits } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { QueueAccount } from '../../core/send-queue';
import type { HttpConnection } from './http-connection';
import { prepareRequest } from './prepare-request';
import { RequestRun } from './request-run';
import type { CircuitState, HttpRequest, HttpResponse, HttpSession } from './session';

export class SharedHttpSession implements HttpSession {
  readonly #connection: HttpConnection;
  readonly #account: QueueAccount;
  readonly #runs = new Set<RequestRun>();
  readonly #stopListening = new Set<() => void>();
  #closed = false;

  constructor(connection: HttpConnection, queue: QueueLimits) {
    this.#connection = connection;
    this.#account = new QueueAccount(queue);
  }

  get pending(): number {
    return this.#runs.size;
  }

  get queued(): number {
    return this.#account.count;
  }

  get rateLimited(): boolean {
    return this.#connection.queue.rateLimited;
  }

  get circuit(): CircuitState | undefined {
    return this.#connection.circuit?.state;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    const connection = this.#connection;
    let run: RequestRun;
    try {
      if (this.#closed) throw releasedError();
      run = new RequestRun(
        connection,
        prepareRequest(request, connection.profile, connection.addresses),
        this.#account,
      );
    } catch (thrown) {
      return Promise.reject(PoolError.from(thrown));
    }
    this.#runs.add(run);
    const { signal } = request;
    const ended = () => void this.#runs.delete(run);
    return signal ? abortable(run, signal, ended) : run.run(ended);
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
    this.#account.limits = queue;
  }

  withdraw(): void {
    const error = new PoolError('HTTP_WITHDRAWN', 'The request was withdrawn while it waited to be sent.');
    for (const run of this.#runs) run.retire(error);
  }

  /** What is under way comes to its end; what waits is given up. Others' requests don't notice. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    const error = new PoolError('HTTP_ABORTED', 'The request was given up: the node that sent it was stopped.');
    for (const run of this.#runs) run.retire(error);
  }
}

function releasedError(): PoolError {
  return new PoolError('LEASE_RELEASED', 'The session of a released lease was used; acquire a new lease.');
}

function abortable(run: RequestRun, signal: AbortSignal, ended: () => void): Promise<HttpResponse> {
  const abort = () => run.stop(new PoolError('HTTP_ABORTED', 'The request was given up by the one who sent it.'));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return run.run(() => {
    signal.removeEventListener('abort', abort);
    ended();
  });
}
