/** Subscriptions as a session offers them: channels, patterns and sharded channels. */
import type { PoolError } from '../../core/errors';

export interface SubscribeRequest {
  /** SUBSCRIBE, PSUBSCRIBE (glob-style pattern) or SSUBSCRIBE (Redis 7). */
  readonly kind: 'channel' | 'pattern' | 'sharded';
  /** The channel, or the pattern. */
  readonly name: string;
}

/** A message as a subscription sees it. The payload is shared with other receivers: copy before changing it. */
export interface RedisMessage {
  readonly channel: string;
  /** The pattern it matched; for pattern subscriptions. */
  readonly pattern?: string;
  readonly payload: Buffer;
}

export type SubscriptionState =
  /** Not yet confirmed on the present connection. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'active' }
  /** The server refused it (`REDIS_NOPERM`, …); other subscriptions are not concerned. */
  | { readonly kind: 'refused'; readonly error: PoolError };

export interface SubscribeHandlers {
  message(message: RedisMessage): void;
  /** Told each change of the state, not the first one (`pending`). */
  state?(state: SubscriptionState): void;
}

export interface RedisSubscription {
  readonly request: SubscribeRequest;
  readonly state: SubscriptionState;
  /** Ends it; nothing is delivered afterwards. A second call does nothing. */
  close(): void;
}
