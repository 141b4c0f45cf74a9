/**
 * What a lease on either bus of EdgeX can do: publish to topics and subscribe to topic filters, both written as EdgeX
 * writes them (`/`, `+`, `#`), whatever the bus makes of them.
 */
import type { PoolError } from '../../core/errors';
import type { SendingSession } from '../sending-node';

export type EdgexBusKind = 'mqtt' | 'redis';

export type EdgexSubscriptionState =
  /** Not yet confirmed on the present connection. */
  | { readonly kind: 'pending' }
  /** `overlaps`: on MQTT 3.1.1, filters of the connection whose messages can't be kept apart from this one's. */
  | { readonly kind: 'active'; readonly overlaps?: readonly string[] }
  /** The bus refused it; other subscriptions are not concerned. */
  | { readonly kind: 'refused'; readonly error: PoolError };

export interface EdgexSubscriptionHandlers {
  /** The bytes are shared with other receivers: read them only. Must not throw. */
  message(topic: string, bytes: Buffer): void;
  /** Told each change of the state, not the first one (`pending`). */
  state?(state: EdgexSubscriptionState): void;
}

export interface EdgexSubscription {
  readonly state: EdgexSubscriptionState;
  /** What the session subscribed to in this turn takes over from it: see `MqttSubscription.makeWay`. */
  makeWay?(): void;
  /** Ends it; nothing is delivered afterwards. `keep` leaves it in place at the broker of a persistent session. */
  close(keep?: boolean): void;
}

export interface EdgexSession extends SendingSession {
  /** @throws PoolError `EDGEX_INVALID_TOPIC`, `LEASE_RELEASED` */
  subscribe(filter: string, handlers: EdgexSubscriptionHandlers): EdgexSubscription;
  /**
   * Publishes, or queues until it can. Calls back once, when the bus has taken it or never will, and never throws.
   */
  publish(topic: string, bytes: Buffer, callback: (error?: PoolError) => void): void;
}
