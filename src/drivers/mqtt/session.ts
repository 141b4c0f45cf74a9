/** What a lease on an MQTT connection can do: publish and subscribe, as if the client were its own. */
import type { DriverSession } from '../../core/driver';
import type { PoolError } from '../../core/errors';
import type { Qos, UserProperties } from './profile';

/** MQTT 5 properties of a PUBLISH (MQTT 5.0, 3.3.2.3), named as mqtt.js and the core nodes name them. */
export interface MessageProperties {
  readonly payloadFormatIndicator?: boolean;
  /** Seconds. */
  readonly messageExpiryInterval?: number;
  readonly topicAlias?: number;
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
  readonly userProperties?: UserProperties;
  readonly contentType?: string;
  readonly reasonString?: string;
}

/**
 * A message as one subscription sees it. `payload` and `properties` are shared with every other receiver of the same
 * publication: read them, copy before changing or handing them to a flow.
 */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties?: MessageProperties;
  /** Nobody else gets this payload: it need not be copied. */
  readonly exclusive?: boolean;
  /**
   * Where the subscription acknowledges for itself, and only at QoS 1 and 2: to be called once, when everything has been
   * done with the message that there is to do, also if the subscription has ended by then. A later call does nothing.
   */
  readonly acknowledge?: (outcome: AcknowledgeOutcome) => void;
}

/** `failed` refuses the message, on MQTT 5 with a reason code, unless another receiver took it; it does not come again. */
export type AcknowledgeOutcome = 'done' | 'failed';

export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: string | Buffer;
  /** @default 0 */
  readonly qos?: Qos;
  /** @default false */
  readonly retain?: boolean;
  /** Ignored on a connection that speaks 3.1 or 3.1.1. */
  readonly properties?: MessageProperties;
}

export interface SubscribeOptions {
  /** The highest QoS this subscription wants. @default 0 */
  readonly qos?: Qos;
  /** MQTT 5: not what this very connection published. @default false */
  readonly noLocal?: boolean;
  /** MQTT 5: keep the retain flag as published. @default false */
  readonly retainAsPublished?: boolean;
  /** MQTT 5: 0 retained messages at subscribe, 1 only if new, 2 none. @default 0 */
  readonly retainHandling?: 0 | 1 | 2;
  /**
   * When messages of QoS 1 and 2 are acknowledged to the broker: when they are received, or when the listener's user has
   * called the message's `acknowledge`. What is not acknowledged when the connection breaks or the process ends comes
   * again if the session goes on. Until then it counts against the receive maximum of the connection, and holds back the
   * acknowledgements of what came after it: of others for a second at most, its own until it is done. @default 'receipt'
   */
  readonly acknowledge?: 'receipt' | 'complete';
  /** Leave the broker's subscription in place when this one ends (persistent sessions). @default false */
  readonly keep?: boolean;
  /** Called with each change of the subscription's state. */
  readonly onState?: (state: SubscriptionState) => void;
}

export type SubscriptionState =
  /** Not yet confirmed on the present connection. */
  | { readonly kind: 'pending' }
  /**
   * Confirmed by the broker, at this QoS. `overlaps` names filters of the same connection whose messages can't be kept
   * apart from this one's if the broker sends one copy per subscription (3.1.1; impossible to cure).
   */
  | { readonly kind: 'active'; readonly qos: Qos; readonly overlaps?: readonly string[] }
  /** The broker refused it; other subscriptions are not concerned. */
  | { readonly kind: 'refused'; readonly error: PoolError };

export interface MqttSubscription {
  readonly filter: string;
  readonly state: SubscriptionState;
  /**
   * What the session subscribed to in this turn takes over from it, as far as the filters overlap: nothing is missed and
   * nothing comes twice, whatever the broker still holds of it. Close it when the new ones are active or refused.
   */
  makeWay(): void;
  /** Ends it; nothing is delivered afterwards. `keep` overrides the option given at subscribe. A second call does nothing. */
  close(keep?: boolean): void;
}

/** Server properties of the present MQTT 5 connection (MQTT 5.0, 3.2.2.3), empty on 3.1.1. */
export type ServerProperties = Readonly<Record<string, unknown>>;

export interface MqttSession extends DriverSession {
  /** The version spoken now, undefined while not connected for the first time. */
  readonly protocolVersion: 3 | 4 | 5 | undefined;
  readonly serverProperties: ServerProperties;
  /** How many messages of QoS 1 and 2 the broker may have sent to the connection without an acknowledgement. */
  readonly receiveMaximum: number;
  /** Messages of this lease waiting to be sent or acknowledged. */
  readonly queued: number;
  /**
   * Subscribes to one topic filter; several subscriptions of one session are independent of each other, but a
   * publication reaches a session at most once, through the one with the highest QoS.
   *
   * @throws PoolError `MQTT_INVALID_FILTER`, `MQTT_INVALID_QOS` or `LEASE_RELEASED`
   */
  subscribe(filter: string, options: SubscribeOptions, listener: (message: MqttMessage) => void): MqttSubscription;
  /**
   * Publishes, or queues until it can. `callback` is called exactly once: without an error when the message is written
   * (QoS 0), acknowledged (QoS 1) or completed (QoS 2), with a `PoolError` when it never will be. Never throws.
   */
  publish(message: OutgoingMessage, callback: (error?: PoolError) => void): void;
  /** Gives up what this session has waiting: the callbacks get `CONNECTION_CLOSED`, in order, before this returns. */
  withdraw(): void;
}
