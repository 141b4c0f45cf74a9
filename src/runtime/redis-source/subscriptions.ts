/** The subscriptions of a source: one by its settings, any number by messages. */
import { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type {
  RedisMessage,
  RedisSubscription,
  SubscribeRequest,
  SubscriptionState,
} from '../../drivers/redis/subscribing';
import type { SourceCondition, SourceEvents, SourceInput } from './source-input';

interface Entry {
  readonly request: SubscribeRequest;
  subscription: RedisSubscription | undefined;
  /** Why the server refused it, until it accepts it. */
  refusal: PoolError | undefined;
}

export class Subscriptions implements SourceInput {
  #events: SourceEvents;
  #deliver: (message: RedisMessage) => void;
  readonly #entries = new Map<string, Entry>();
  #session: RedisSession | undefined;

  constructor(events: SourceEvents, deliver: (message: RedisMessage) => void) {
    this.#events = events;
    this.#deliver = deliver;
  }

  /** From now on it is another node's. */
  serve(events: SourceEvents, deliver: (message: RedisMessage) => void): void {
    this.#events = events;
    this.#deliver = deliver;
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  get requests(): SubscribeRequest[] {
    return [...this.#entries.values()].map(({ request }) => request);
  }

  get condition(): SourceCondition | undefined {
    let pending = false;
    for (const [name, { refusal, subscription }] of this.#entries) {
      if (refusal) return { kind: 'failed', error: refusal, name };
      if (subscription?.state.kind !== 'active') pending = true;
    }
    return pending ? { kind: 'pending' } : undefined;
  }

  /** Subscribes now and with each session; a name that is subscribed already stays as it is. */
  add(request: SubscribeRequest): void {
    if (this.#entries.has(request.name)) return;
    const entry: Entry = { request, subscription: undefined, refusal: undefined };
    this.#entries.set(request.name, entry);
    if (this.#session) this.#subscribe(this.#session, entry);
    this.#events.changed();
  }

  remove(name: string): void {
    this.#entries.get(name)?.subscription?.close();
    this.#entries.delete(name);
    this.#events.changed();
  }

  bound(session: RedisSession): void {
    this.#session = session;
    for (const entry of this.#entries.values()) this.#subscribe(session, entry);
  }

  unbinding(): void {
    this.#session = undefined;
    for (const entry of this.#entries.values()) {
      entry.subscription?.close();
      entry.subscription = undefined;
      entry.refusal = undefined;
    }
  }

  close(): Promise<void> {
    this.unbinding();
    return Promise.resolve();
  }

  #subscribe(session: RedisSession, entry: Entry): void {
    const state = (changed: SubscriptionState) => this.#changed(entry, changed);
    try {
      entry.subscription = session.subscribe(entry.request, { message: (message) => this.#deliver(message), state });
      this.#changed(entry, entry.subscription.state);
    } catch (thrown) {
      this.#changed(entry, { kind: 'refused', error: PoolError.from(thrown) });
    }
  }

  /** A refusal is told once, not again after every reconnect. */
  #changed(entry: Entry, state: SubscriptionState): void {
    if (this.#entries.get(entry.request.name) !== entry) return;
    if (state.kind !== 'pending') {
      const told = entry.refusal?.code;
      entry.refusal = state.kind === 'refused' ? state.error : undefined;
      if (entry.refusal && entry.refusal.code !== told) {
        this.#events.error(entry.refusal, { topic: entry.request.name });
      }
    }
    this.#events.changed();
  }
}
