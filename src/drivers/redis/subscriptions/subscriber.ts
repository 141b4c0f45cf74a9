/** One subscription of one node: what it hears, its state, and telling the node of changes. */
import { PoolError } from '../../../core/errors';
import type {
  RedisMessage,
  RedisSubscription,
  SubscribeHandlers,
  SubscribeRequest,
  SubscriptionState,
} from '../subscribing';
import type { SharedName } from './shared-name';
import { t } from '../../../core/wording';

export const PENDING: SubscriptionState = { kind: 'pending' };
export const ACTIVE: SubscriptionState = { kind: 'active' };

/** What a subscriber needs of the others. */
export interface SubscriberHost {
  /** The subscriber wants nothing any more. */
  leave(subscriber: Subscriber): void;
  warn(error: PoolError): void;
}

export class Subscriber implements RedisSubscription {
  readonly request: SubscribeRequest;
  readonly shared: SharedName;
  readonly #handlers: SubscribeHandlers;
  readonly #host: SubscriberHost;
  #state: SubscriptionState;
  /** The state the node was told last; the first one, `pending`, goes without saying. */
  #told: SubscriptionState = PENDING;
  #closed = false;

  constructor(request: SubscribeRequest, shared: SharedName, handlers: SubscribeHandlers, host: SubscriberHost) {
    this.request = request;
    this.shared = shared;
    this.#handlers = handlers;
    this.#host = host;
    // Who joins what is active hears at once; a refusal has to be told anew.
    this.#state = shared.state.kind === 'active' ? ACTIVE : PENDING;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.leave(this);
  }

  /** A handler that throws concerns nobody else. */
  deliver(message: RedisMessage): void {
    if (this.#closed) return;
    try {
      this.#handlers.message(message);
    } catch (thrown) {
      this.#failed(t`A subscriber of "${this.request.name}" failed on a message.`, thrown);
    }
  }

  /** Changes the state and tells the node, if it is news. */
  become(state: SubscriptionState): void {
    if (this.#closed) return;
    this.#state = state;
    this.tell();
  }

  /** Tells the node the present state, if it doesn't know. */
  tell(): void {
    if (this.#closed || isSame(this.#told, this.#state)) return;
    this.#told = this.#state;
    try {
      this.#handlers.state?.(this.#state);
    } catch (thrown) {
      this.#failed(t`A subscriber of "${this.request.name}" failed on a change of its state.`, thrown);
    }
  }

  #failed(text: string, thrown: unknown): void {
    this.#host.warn(new PoolError('DRIVER_FAILED', text, { cause: thrown }));
  }
}

function isSame(one: SubscriptionState, other: SubscriptionState): boolean {
  if (one.kind !== 'refused' || other.kind !== 'refused') return one.kind === other.kind;
  return one.error.code === other.error.code && one.error.message === other.error.message;
}
