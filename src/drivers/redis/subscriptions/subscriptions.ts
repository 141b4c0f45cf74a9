/**
 * All subscriptions of a connection on one socket: SUBSCRIBE once per name, however many nodes want it, and to each
 * node what a client of its own would get.
 *
 * What is wanted and what the server has are compared at the end of a turn (`#flush`) and after each answer; a name has
 * one command under way at most, so that quick changes of mind end as wanted.
 */
import { PoolError } from '../../../core/errors';
import type { SubscriptionView } from '../../../core/views';
import type { ConnectionPart, ConnectionParts } from '../connection-part';
import type { RedisLink } from '../redis-link';
import { serverError } from '../server-error';
import type { RedisSubscription, SubscribeHandlers, SubscribeRequest } from '../subscribing';
import { type Hearing, listen } from './listener';
import { Retries } from './retries';
import { SharedName, type SubscriptionKind } from './shared-name';
import { batches, commandName, KINDS, subscribe, unsubscribe } from './subscribe-command';
import { Subscriber } from './subscriber';
import { keepSubscriberMode } from './subscriber-mode';
import { t } from '../../../core/wording';

/** When refused names are tried again without a reconnect: rules may have been mended. */
const REFUSED_RETRY_MILLIS = 30_000;
/** When names are tried again that failed without a word of the server, as in a cluster that is changing. */
const FAILED_RETRY_MILLIS = 500;

/** What it needs of the connection. */
export type SubscriptionParts = Pick<ConnectionParts, 'counters' | 'tracing' | 'seen' | 'warn'> & {
  readonly sockets: Pick<ConnectionParts['sockets'], 'events'>;
};

export class Subscriptions implements ConnectionPart, Hearing {
  readonly #parts: SubscriptionParts;
  readonly #names: Readonly<Record<SubscriptionKind, Map<string, SharedName>>> = {
    channel: new Map(),
    pattern: new Map(),
    sharded: new Map(),
  };
  #giveBack: (() => void) | undefined;
  #link: RedisLink | undefined;
  #stopListening: (() => void) | undefined;
  /** Names whose wanted and actual side may differ. */
  readonly #changed = new Set<SharedName>();
  #flushing: NodeJS.Immediate | undefined;
  readonly #retries: Retries;
  #warned = false;
  #closed = false;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    this.#retries = new Retries((shared) => this.#tryAgain(shared));
  }

  /** @throws PoolError `REDIS_INVALID_ARGUMENT` */
  add(request: SubscribeRequest, handlers: SubscribeHandlers): RedisSubscription {
    const { kind, name } = checked(request);
    const names = this.#names[kind];
    let shared = names.get(name);
    if (!shared) {
      shared = new SharedName(kind, name);
      names.set(name, shared);
    }
    const subscriber = new Subscriber(request, shared, handlers, {
      leave: (left) => this.#leave(left),
      warn: (error) => this.#parts.warn(error),
    });
    shared.join(subscriber);
    // Who comes may know that the rules have been mended.
    if (shared.server === 'refused') shared.server = 'none';
    this.#flushSoon([shared]);
    return subscriber;
  }

  /** The socket tells for itself when it is up and when it is gone. */
  connected(): void {}

  lost(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    clearImmediate(this.#flushing);
    this.#retries.stop();
    this.#releaseSocket();
  }

  get details(): { channels: number; patterns: number; shardedChannels: number } {
    const { channel, pattern, sharded } = this.#names;
    return { channels: channel.size, patterns: pattern.size, shardedChannels: sharded.size };
  }

  /** All names, with what came for them. */
  *views(): Generator<SubscriptionView> {
    for (const { kind, name, size, messages, state } of this.#all()) {
      yield {
        ...{ filter: name, kind, nodes: size, messages },
        ...(state.kind === 'refused' ? { refused: state.error.message } : {}),
      };
    }
  }

  channel(channelBytes: Buffer, payload: Buffer): void {
    const channel = channelBytes.toString();
    this.#count(channel, payload);
    const shared = this.#names.channel.get(channel);
    if (shared?.takes()) shared.deliver({ channel, payload });
  }

  pattern(pattern: string, channelBytes: Buffer, payload: Buffer): void {
    const channel = channelBytes.toString();
    this.#count(channel, payload);
    const shared = this.#names.pattern.get(pattern);
    if (shared?.takes()) shared.deliver({ channel, pattern, payload });
  }

  sharded(channelBytes: Buffer, payload: Buffer): void {
    const channel = channelBytes.toString();
    this.#count(channel, payload);
    const shared = this.#names.sharded.get(channel);
    if (shared?.takes()) shared.deliver({ channel, payload });
  }

  #count(name: string, payload: Buffer): void {
    const { counters, tracing, seen } = this.#parts;
    seen?.channel(name);
    counters.messagesIn += 1;
    counters.bytesIn += payload.length;
    tracing?.received(name, payload.length);
  }

  #leave(subscriber: Subscriber): void {
    subscriber.shared.leave(subscriber);
    this.#flushSoon([subscriber.shared]);
  }

  #up(link: RedisLink): void {
    if (this.#closed || this.#link === link) return;
    if (this.#link) this.#down();
    this.#link = link;
    this.#warned = false;
    keepSubscriberMode(link.client, (kind, name) => {
      if (this.#link === link) this.#confirmed(this.#names[kind].get(name));
    });
    this.#stopListening = listen(link.client, this);
    this.#flushSoon(this.#all());
  }

  #down(error?: PoolError): void {
    // It could not be opened: nobody else tells those who wait for it.
    if (!this.#link && error && !this.#warned) {
      this.#warned = true;
      this.#parts.warn(error);
    }
    this.#detach();
    for (const shared of this.#all()) shared.forget();
    this.#flushSoon(this.#all());
  }

  #detach(): void {
    this.#link = undefined;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #flushSoon(changed: Iterable<SharedName>): void {
    if (this.#closed) return;
    for (const shared of changed) this.#changed.add(shared);
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const missing: SharedName[] = [];
    const superfluous: SharedName[] = [];
    for (const shared of this.#changed) {
      if (shared.wanted) {
        shared.tell();
        if (shared.server === 'none') missing.push(shared);
      } else if (shared.server === 'active') {
        superfluous.push(shared);
      } else if (shared.server === 'none' || shared.server === 'refused') {
        this.#remove(shared);
      }
    }
    this.#changed.clear();
    if (KINDS.some((kind) => this.#names[kind].size > 0)) this.#wantSocket();
    else this.#releaseSocket();
    const link = this.#link;
    if (!link) return;
    const isCluster = link.server.mode === 'cluster';
    for (const batch of batches(superfluous, isCluster)) this.#unsubscribe(link, batch);
    for (const batch of batches(missing, isCluster)) this.#subscribe(link, batch);
    // Streams are waited for on the same socket: the server takes these commands only after that.
    if (superfluous.length > 0 || missing.length > 0) this.#parts.sockets.events.interrupt?.();
  }

  #wantSocket(): void {
    this.#giveBack ??= this.#parts.sockets.events.want({
      up: (link) => this.#up(link),
      down: (error) => this.#down(error),
    });
  }

  #releaseSocket(): void {
    this.#detach();
    this.#giveBack?.();
    this.#giveBack = undefined;
  }

  #subscribe(link: RedisLink, batch: readonly SharedName[]): void {
    for (const shared of batch) shared.server = 'subscribing';
    subscribe(link.client, batch).then(
      () => this.#answered(link, batch, (shared) => this.#confirmed(shared)),
      (thrown: unknown) => {
        const error = serverError(thrown, commandName(batch));
        this.#answered(link, batch, (shared) => {
          if (shared.server === 'subscribing') this.#failed(shared, batch.length > 1, error);
        });
      },
    );
  }

  #confirmed(shared: SharedName | undefined): void {
    if (shared?.server === 'subscribing') shared.confirm();
  }

  #failed(shared: SharedName, together: boolean, error: PoolError | undefined): void {
    if (error && together) {
      // One of them is to blame: the flush that follows asks for each alone.
      shared.server = 'none';
      shared.suspect = true;
    } else if (error) {
      shared.refuse(error);
      this.#retries.add(shared, REFUSED_RETRY_MILLIS);
    } else {
      shared.server = 'refused';
      this.#retries.add(shared, FAILED_RETRY_MILLIS);
    }
  }

  #unsubscribe(link: RedisLink, batch: readonly SharedName[]): void {
    for (const shared of batch) shared.abandon();
    const ended = () =>
      this.#answered(link, batch, (shared) => {
        shared.server = 'none';
      });
    unsubscribe(link.client, batch).then(ended, ended);
  }

  /** Does what an answer means, unless the link it came through is gone, and then what has become wanted meanwhile. */
  #answered(link: RedisLink, batch: readonly SharedName[], mean: (shared: SharedName) => void): void {
    if (this.#link !== link) return;
    for (const shared of batch) {
      mean(shared);
      this.#changed.add(shared);
    }
    this.#flush();
  }

  #remove(shared: SharedName): void {
    const names = this.#names[shared.kind];
    if (names.get(shared.name) === shared) names.delete(shared.name);
  }

  #tryAgain(shared: SharedName): void {
    if (shared.server !== 'refused') return;
    shared.server = 'none';
    this.#flushSoon([shared]);
  }

  *#all(): Generator<SharedName> {
    for (const kind of KINDS) yield* this.#names[kind].values();
  }
}

/** The request with the name as it comes back from the server. */
function checked({ kind, name }: SubscribeRequest): SubscribeRequest {
  const text: unknown = name;
  if (!KINDS.includes(kind) || typeof text !== 'string') {
    throw new PoolError('REDIS_INVALID_ARGUMENT', t`A subscription needs a kind and a text as its name; check both.`);
  }
  return { kind, name: Buffer.from(text).toString() };
}
