/** A subscription at every master of a cluster, which looks like one: active when it is active at all of them. */
import { PoolError } from '../../../core/errors';
import type { RedisSubscription, SubscribeHandlers, SubscribeRequest, SubscriptionState } from '../subscribing';
import { ACTIVE, PENDING } from './subscriber';
import type { Subscriptions } from './subscriptions';
import { t } from '../../../core/wording';

export interface ClusterSubscriptionHost {
  leave(subscription: ClusterSubscription): void;
  warn(error: PoolError): void;
}

export class ClusterSubscription implements RedisSubscription {
  readonly request: SubscribeRequest;
  readonly #handlers: SubscribeHandlers;
  readonly #host: ClusterSubscriptionHost;
  readonly #members = new Map<Subscriptions, RedisSubscription>();
  #state: SubscriptionState = PENDING;
  #closed = false;

  constructor(request: SubscribeRequest, handlers: SubscribeHandlers, host: ClusterSubscriptionHost) {
    this.request = request;
    this.#handlers = handlers;
    this.#host = host;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** Subscribes at exactly these masters. */
  spread(masters: readonly Subscriptions[]): void {
    for (const [master, member] of this.#members) {
      if (masters.includes(master)) continue;
      member.close();
      this.#members.delete(master);
    }
    for (const master of masters) {
      if (this.#members.has(master)) continue;
      const handlers: SubscribeHandlers = {
        message: (message) => this.#handlers.message(message),
        state: () => this.#changed(),
      };
      this.#members.set(master, master.add(this.request, handlers));
    }
    this.#changed();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const member of this.#members.values()) member.close();
    this.#members.clear();
    this.#host.leave(this);
  }

  #changed(): void {
    const state = together([...this.#members.values()].map((member) => member.state));
    if (this.#closed || (state.kind === this.#state.kind && state.kind !== 'refused')) return;
    this.#state = state;
    try {
      this.#handlers.state?.(state);
    } catch (thrown) {
      const text = t`A subscriber of "${this.request.name}" failed on a change of its state.`;
      this.#host.warn(new PoolError('DRIVER_FAILED', text, { cause: thrown }));
    }
  }
}

function together(states: readonly SubscriptionState[]): SubscriptionState {
  const refused = states.find(({ kind }) => kind === 'refused');
  if (refused) return refused;
  return states.length > 0 && states.every(({ kind }) => kind === 'active') ? ACTIVE : PENDING;
}
