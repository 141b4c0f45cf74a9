/**
 * What a node that sends requests shows while its connection is as it should be: that it waits for an answer, for the rate
 * limit or for another try, or that the circuit breaker is open. Said in words, and seldom enough for a busy node.
 */
import type { NodeStatus } from 'node-red';
import type { CircuitState, HttpSession, RetryNotice } from '../../drivers/http/session';
import type { Texts } from '../texts';

/** How often counts are shown, at most. */
const INTERVAL_MILLIS = 500;

export class RequestStatus {
  readonly #texts: Texts;
  readonly #changed: () => void;
  /** Requests that wait for another try. */
  readonly #retries = new Map<object, RetryNotice>();
  #session: HttpSession | undefined;
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param texts with the keys `status.request.…`
   * @param changed called when `status` may have another answer
   */
  constructor(texts: Texts, changed: () => void) {
    this.#texts = texts;
    this.#changed = changed;
  }

  /** The session the requests go to; undefined when it is given back. */
  bind(session: HttpSession | undefined): void {
    this.#stop?.();
    this.#session = session;
    this.#stop = session?.onCircuit(() => this.#changed());
  }

  /** A request is sent. */
  begin(): void {
    this.#watch();
  }

  /** @param request one and the same object for all tries, and for `over` */
  retrying(request: object, retry: RetryNotice): void {
    this.#retries.set(request, retry);
    this.#changed();
  }

  /** A request has its outcome. */
  over(request: object): void {
    if (this.#retries.delete(request)) this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
    clearTimeout(this.#timer);
  }

  /** Undefined: nothing to say. */
  status(): NodeStatus | undefined {
    const session = this.#session;
    if (!session) return undefined;
    const { circuit, queued, pending } = session;
    if (circuit && circuit.kind !== 'closed') return this.#circuitStatus(circuit);
    const retry = [...this.#retries.values()].at(-1);
    if (retry) return this.#retryStatus(retry);
    if (queued > 0 && session.rateLimited) {
      const text = this.#texts.text('status.request.rate-limited', { queued });
      return { fill: 'yellow', shape: 'dot', text };
    }
    if (pending === 0) return undefined;
    // Not called `count`: that name makes the translator look for plurals each time.
    const key = queued > 0 ? 'status.request.queued' : 'status.request.requesting';
    return { fill: 'blue', shape: 'dot', text: this.#texts.text(key, { sent: pending - queued, queued }) };
  }

  #circuitStatus(circuit: CircuitState): NodeStatus {
    if (circuit.kind !== 'open') {
      return { fill: 'yellow', shape: 'ring', text: this.#texts.text('status.request.circuit-trial') };
    }
    const values = { failures: circuit.failures, time: clock(circuit.until) };
    return { fill: 'red', shape: 'ring', text: this.#texts.text('status.request.circuit-open', values) };
  }

  #retryStatus({ attempts, at, status }: RetryNotice): NodeStatus {
    const values = { attempt: attempts + 1, time: clock(at), status: status ?? '' };
    const key = status === undefined ? 'status.request.retrying' : 'status.request.retrying-status';
    return { fill: 'yellow', shape: 'ring', text: this.#texts.text(key, values) };
  }

  /** Looks again while requests have no outcome. */
  #watch(): void {
    if (this.#timer || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#changed();
      if (this.#session && this.#session.pending > 0) this.#watch();
    }, INTERVAL_MILLIS);
    this.#timer.unref();
  }
}

function clock(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
