/**
 * The bus of EdgeX on Redis Pub/Sub (EdgeX 2.x and 3.x): a filter becomes one or two patterns. As the `*` of a pattern crosses
 * levels, what comes is filtered again, so that a filter means the same as on MQTT.
 */
import { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type { RedisSubscription, SubscriptionState } from '../../drivers/redis/subscribing';
import { channelMatches, fromRedisChannel, toRedisChannel, toRedisPatterns } from '../../edgex/topics';
import type {
  EdgexSession,
  EdgexSubscription,
  EdgexSubscriptionHandlers,
  EdgexSubscriptionState,
} from './edgex-session';

export class RedisEdgexSession implements EdgexSession {
  readonly #session: RedisSession;

  constructor(session: RedisSession) {
    this.#session = session;
  }

  get queued(): number {
    return this.#session.queued;
  }

  subscribe(filter: string, handlers: EdgexSubscriptionHandlers): EdgexSubscription {
    return new PatternSubscription(this.#session, filter, handlers);
  }

  publish(topic: string, bytes: Buffer, callback: (error?: PoolError) => void): void {
    let channel: string;
    try {
      channel = toRedisChannel(topic);
    } catch (thrown) {
      return callback(PoolError.from(thrown, 'EDGEX_INVALID_TOPIC'));
    }
    this.#session.send({ name: 'PUBLISH', args: [channel, bytes] }, {}, (error) => callback(error));
  }

  withdraw(): void {
    this.#session.withdraw();
  }

  /** The pool closes the session itself when its lease is released. */
  close(): void {}
}

/** The patterns of one filter as one subscription: active when all are, refused when one is. */
class PatternSubscription implements EdgexSubscription {
  readonly #handlers: EdgexSubscriptionHandlers;
  readonly #parts: RedisSubscription[] = [];
  #state: EdgexSubscriptionState = { kind: 'pending' };

  constructor(session: RedisSession, filter: string, handlers: EdgexSubscriptionHandlers) {
    this.#handlers = handlers;
    const patterns = toRedisPatterns(filter);
    // As the `*` of Redis crosses levels, `a.*.*` and `a.*` may both let a channel through: each has its own share.
    const parent = patterns.length > 1 ? filter.slice(0, -2) : undefined;
    for (const [index, name] of patterns.entries()) {
      const isMeant = (channel: string) =>
        channelMatches(filter, channel) && (parent === undefined || channelMatches(parent, channel) === (index === 1));
      const part = session.subscribe(
        { kind: 'pattern', name },
        {
          message: ({ channel, payload }) => {
            if (isMeant(channel)) handlers.message(fromRedisChannel(channel), payload);
          },
          state: () => this.#changed(),
        },
      );
      this.#parts.push(part);
    }
    this.#state = this.#joined();
  }

  get state(): EdgexSubscriptionState {
    return this.#state;
  }

  close(): void {
    for (const part of this.#parts) part.close();
  }

  #changed(): void {
    const state = this.#joined();
    if (state.kind === this.#state.kind) return;
    this.#state = state;
    this.#handlers.state?.(state);
  }

  #joined(): EdgexSubscriptionState {
    const states = this.#parts.map((part): SubscriptionState => part.state);
    return (
      states.find(({ kind }) => kind === 'refused') ??
      states.find(({ kind }) => kind === 'pending') ?? { kind: 'active' }
    );
  }
}
