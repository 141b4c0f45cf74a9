/**
 * The subscriptions of a source: one by its settings, any number by messages. After a deploy those of the node's
 * predecessor bring what these want, too, until these are confirmed.
 */
import { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type {
  RedisMessage,
  RedisSubscription,
  SubscribeRequest,
  SubscriptionState,
} from '../../drivers/redis/subscribing';
import { matchesGlob } from './glob';
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
  #former: Subscriptions | undefined;

  constructor(events: SourceEvents, deliver: (message: RedisMessage) => void) {
    this.#events = events;
    this.#deliver = deliver;
  }

  /** From now on it is another node's. */
  serve(events: SourceEvents, deliver: (message: RedisMessage) => void): void {
    this.#events = events;
    this.#deliver = deliver;
  }

  /** To be called before `bound`, with what the predecessor has on the session that comes with it. */
  takeOverFrom(former: Subscriptions): void {
    this.#former = former;
    // What is published to a sharded channel is not for the others, and the other way round.
    const isSameSort = former.#isSharded === this.#isSharded;
    former.serve(IGNORED, ({ channel, payload }) => {
      const wanted = isSameSort ? this.#wantedBy(channel) : undefined;
      if (!wanted) return;
      this.#deliver(wanted.kind === 'pattern' ? { channel, pattern: wanted.name, payload } : { channel, payload });
    });
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
    if (this.#former && this.#former.#session !== session) this.#endFormer();
    this.#endFormerIfReady();
  }

  unbinding(): void {
    this.#session = undefined;
    this.#endFormer();
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
    this.#endFormerIfReady();
    this.#events.changed();
  }

  get #isSharded(): boolean {
    return this.requests.some(({ kind }) => kind === 'sharded');
  }

  #wantedBy(channel: string): SubscribeRequest | undefined {
    return this.requests.find(({ kind, name }) => (kind === 'pattern' ? matchesGlob(name, channel) : name === channel));
  }

  /** What is confirmed brings everything from then on, in the order of the socket. */
  #endFormerIfReady(): void {
    if (!this.#former) return;
    for (const { subscription, refusal } of this.#entries.values()) {
      if (!refusal && subscription?.state.kind === 'pending') return;
    }
    this.#endFormer();
  }

  #endFormer(): void {
    const former = this.#former;
    this.#former = undefined;
    former?.unbinding();
  }
}

/** The predecessor's states are nobody's concern any more. */
const IGNORED: SourceEvents = { changed: () => undefined, error: () => undefined, warn: () => undefined };
