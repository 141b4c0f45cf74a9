/**
 * Requests of one node from their sending to their answers. They are sent only while the subscription to the answers is in
 * place, because on Redis it has a socket of its own and would be too late; those whose time is over are never sent.
 */
import { PoolError } from '../../core/errors';
import type { EdgexSession } from './edgex-session';
import type { OutgoingCommand } from './outgoing-command';
import { t } from '../../core/wording';

type Answered = (error: PoolError | undefined, bytes?: Buffer) => void;

interface Pending {
  readonly command: OutgoingCommand;
  readonly answered: Answered;
  readonly timer: NodeJS.Timeout;
  sent: boolean;
}

export class PendingRequests {
  readonly #timeoutMillis: number;
  readonly #maxWaiting: () => number;
  /** How many are not sent yet. */
  #waiting = 0;
  readonly #pending = new Map<string, Pending>();
  /** Where to send; undefined while answers couldn't be received. */
  #session: EdgexSession | undefined;

  /** @param maxWaiting how many may wait to be sent */
  constructor(timeoutMillis: number, maxWaiting: () => number) {
    this.#timeoutMillis = timeoutMillis;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Starts the time of a request. Calls `answered` once: with the bytes of the answer, or why there is none
   * (`EDGEX_TIMEOUT`, `QUEUE_FULL`, or what its sending fails with).
   */
  add(command: OutgoingCommand, answered: Answered): void {
    if (this.#waiting >= this.#maxWaiting()) {
      const text = t`The queue is full (${this.#waiting} commands); connect, or raise its limits.`;
      return answered(new PoolError('QUEUE_FULL', text));
    }
    this.#waiting += 1;
    const timer = setTimeout(() => this.#expire(command.requestId), this.#timeoutMillis);
    timer.unref();
    this.#pending.set(command.requestId, { command, answered, timer, sent: false });
  }

  /** Sends the request as soon as its answer can be received. */
  release(requestId: string): void {
    const pending = this.#pending.get(requestId);
    if (!pending || pending.sent || !this.#session) return;
    pending.sent = true;
    this.#waiting -= 1;
    this.#session.publish(pending.command.topic, pending.command.bytes, (error) => {
      if (error) this.fail(requestId, error);
    });
  }

  /** Answers can be received now, or, without a session, no more. */
  setReady(session: EdgexSession | undefined): void {
    this.#session = session;
    if (session) for (const requestId of [...this.#pending.keys()]) this.release(requestId);
  }

  /** Whether a request with this id waits for its answer. */
  has(requestId: string): boolean {
    return this.#pending.has(requestId);
  }

  answer(requestId: string, bytes: Buffer): void {
    this.#take(requestId)?.answered(undefined, bytes);
  }

  fail(requestId: string, error: PoolError): void {
    this.#take(requestId)?.answered(error);
  }

  failAll(error: PoolError, which: 'all' | 'unsent' = 'all'): void {
    for (const [requestId, { sent }] of [...this.#pending]) if (which === 'all' || !sent) this.fail(requestId, error);
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    if (!pending) return undefined;
    this.#pending.delete(requestId);
    if (!pending.sent) this.#waiting -= 1;
    clearTimeout(pending.timer);
    return pending;
  }

  #expire(requestId: string): void {
    const pending = this.#pending.get(requestId);
    if (!pending) return;
    const { title } = pending.command;
    const seconds = this.#timeoutMillis / 1000;
    const message = pending.sent
      ? t`No answer to the ${title} within ${seconds} s: check that the device and its service are running, or raise the time-out.`
      : t`The ${title} could not be sent within ${seconds} s, because there is no connection; it is not sent later.`;
    this.fail(requestId, new PoolError('EDGEX_TIMEOUT', message));
  }
}
