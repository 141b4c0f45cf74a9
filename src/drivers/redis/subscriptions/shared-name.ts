/** One channel or pattern of one connection, with everyone who subscribed to it: what the server has, and who hears. */
import type { PoolError } from '../../../core/errors';
import type { RedisMessage, SubscribeRequest, SubscriptionState } from '../subscribing';
import { ACTIVE, PENDING, type Subscriber } from './subscriber';

export type SubscriptionKind = SubscribeRequest['kind'];

/** What the server has of a name, as far as is known. */
export type ServerSide =
  | 'none'
  /** SUBSCRIBE is on its way. */
  | 'subscribing'
  | 'active'
  /** UNSUBSCRIBE is on its way: what still comes is not for those who joined since. */
  | 'unsubscribing'
  | 'refused';

export class SharedName {
  readonly kind: SubscriptionKind;
  readonly name: string;
  server: ServerSide = 'none';
  /** It was refused before: asked for alone, so that it fails alone. */
  suspect = false;
  /** That came for it. */
  messages = 0;
  /** Replaced at each change and never changed itself: whoever iterates needs no copy. */
  #subscribers: readonly Subscriber[] = [];
  #state: SubscriptionState = PENDING;

  constructor(kind: SubscriptionKind, name: string) {
    this.kind = kind;
    this.name = name;
  }

  /** The state of everyone on this name. */
  get state(): SubscriptionState {
    return this.#state;
  }

  get wanted(): boolean {
    return this.#subscribers.length > 0;
  }

  /** How many subscribers there are. */
  get size(): number {
    return this.#subscribers.length;
  }

  join(subscriber: Subscriber): void {
    this.#subscribers = [...this.#subscribers, subscriber];
  }

  leave(subscriber: Subscriber): void {
    this.#subscribers = this.#subscribers.filter((other) => other !== subscriber);
  }

  /** The server has confirmed it. */
  confirm(): void {
    this.server = 'active';
    this.suspect = false;
    this.#become(ACTIVE);
  }

  /** The server has refused it. */
  refuse(error: PoolError): void {
    this.server = 'refused';
    this.suspect = true;
    this.#become({ kind: 'refused', error });
  }

  /** The server does not have it (any more). */
  forget(): void {
    this.server = 'none';
    this.#become(PENDING);
  }

  /** UNSUBSCRIBE goes out: nobody is on it, and who joins now waits for a confirmation of their own. */
  abandon(): void {
    this.server = 'unsubscribing';
    this.#state = PENDING;
  }

  /** Whether what the server sends for this name now is for its subscribers. */
  takes(): boolean {
    if (this.server === 'active') return true;
    if (this.server !== 'subscribing') return false;
    // In a cluster, the confirmation came right before and is told a little later than what follows it.
    this.confirm();
    return true;
  }

  deliver(message: RedisMessage): void {
    this.messages += 1;
    const subscribers = this.#subscribers;
    for (let index = 0; index < subscribers.length; index += 1) subscribers[index]?.deliver(message);
  }

  /** Tells those who joined what they don't know. */
  tell(): void {
    for (const subscriber of this.#subscribers) subscriber.tell();
  }

  #become(state: SubscriptionState): void {
    this.#state = state;
    for (const subscriber of this.#subscribers) subscriber.become(state);
  }
}
