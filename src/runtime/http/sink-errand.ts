/** One message of an HTTP sink on its way: sent as a request, and sent on with the answer, or given up. */
import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { HttpReceiver, HttpRequest, HttpResponse, HttpSession } from '../../drivers/http/session';
import type { Done } from '../connection-actions';
import type { HeldMessage } from '../held-messages';

/** What errands need of their sink. */
export interface ErrandHome {
  /** The request is being sent. */
  begin(): void;
  /** It has its outcome. */
  over(request: HttpRequest): void;
  /** Puts the answer into the message; an error if it counts as one. */
  answered(response: HttpResponse, message: NodeMessageInFlow): PoolError | undefined;
}

export type Send = (message: NodeMessage) => void;

export class SinkErrand implements HeldMessage<HttpSession>, HttpReceiver {
  readonly #home: ErrandHome;
  readonly #request: HttpRequest;
  readonly #message: NodeMessageInFlow;
  readonly #sendOn: Send | undefined;
  readonly #done: Done;
  /** To be told when its session was left before it was sent. */
  #withdrawn: ((error: PoolError) => void) | undefined;

  /** @param sendOn undefined if there is nobody to send the answer to */
  constructor(
    home: ErrandHome,
    request: HttpRequest,
    message: NodeMessageInFlow,
    sendOn: Send | undefined,
    done: Done,
  ) {
    this.#home = home;
    this.#request = request;
    this.#message = message;
    this.#sendOn = sendOn;
    this.#done = done;
  }

  get bytes(): number {
    const { body, path } = this.#request;
    return (body?.length ?? 0) + (path?.length ?? 0);
  }

  send(session: HttpSession, failed: (error: PoolError) => void): void {
    this.#withdrawn = failed;
    this.#home.begin();
    session.send(this.#request, this);
  }

  giveUp(error: PoolError): void {
    this.#done(error);
  }

  answered(response: HttpResponse): void {
    let error: PoolError | undefined;
    try {
      error = this.#home.answered(response, this.#message);
      if (!error) this.#sendOn?.(this.#message);
    } catch (thrown) {
      error = PoolError.from(thrown);
    }
    this.#home.over(this.#request);
    this.#done(error);
  }

  failed(error: PoolError): void {
    this.#home.over(this.#request);
    if (error.code === 'HTTP_WITHDRAWN') this.#withdrawn?.(error);
    else this.#done(error);
  }
}
