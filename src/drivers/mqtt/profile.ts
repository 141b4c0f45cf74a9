/** The settings of one MQTT connection: what a profile node, a Function node or another package gives to the driver. */

export type Qos = 0 | 1 | 2;
/** 5, 4 (3.1.1) or 3 (3.1); `auto` tries 5 and falls back to 3.1.1 when the broker refuses it. */
export type ProtocolVersion = 'auto' | 5 | 4 | 3;
export type UserProperties = Readonly<Record<string, string | readonly string[]>>;

/** A message sent by the connection itself: birth after connecting, close before disconnecting, will on its loss. */
export interface LifecycleMessage {
  readonly topic: string;
  /** @default '' */
  readonly payload?: string | Buffer;
  /** @default 0 */
  readonly qos?: Qos;
  /** @default false */
  readonly retain?: boolean;
  readonly properties?: LifecycleProperties;
}

/** MQTT 5 properties of a lifecycle message (MQTT 5.0, 3.3.2.3 and 3.1.3.2). */
export interface LifecycleProperties {
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
  /** Seconds. */
  readonly messageExpiryInterval?: number;
  /** Seconds; will only. */
  readonly willDelayInterval?: number;
  readonly payloadFormatIndicator?: boolean;
  readonly userProperties?: UserProperties;
}

export interface MqttTls {
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly pfx?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly ALPNProtocols?: readonly string[];
  /** @default true */
  readonly rejectUnauthorized?: boolean;
}

export interface MqttProfile {
  /** URLs tried in turn: `mqtt://`, `mqtts://`, `ws://` or `wss://` with host, port and, for ws, path. At least one. */
  readonly brokers: readonly string[];
  /** @default 'auto' */
  readonly protocolVersion?: ProtocolVersion;
  /** Empty: one is made up that stays the same for the life of the connection. @default '' */
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  /** 0 switches keep-alive off. @default 60 */
  readonly keepAliveSeconds?: number;
  /**
   * A broker from which nothing comes for so long, though it was asked (PINGREQ), counts as lost; 0, or keep-alive
   * switched off, leaves it to the keep-alive alone. @default 10000
   */
  readonly silenceMillis?: number;
  /** @default 30000 */
  readonly connectTimeoutMillis?: number;
  /** Clean session (3.1.1) or clean start (5). @default true */
  readonly cleanSession?: boolean;
  /** MQTT 5 session expiry; undefined sends none. */
  readonly sessionExpirySeconds?: number;
  readonly userProperties?: UserProperties;
  readonly receiveMaximum?: number;
  readonly maximumPacketSize?: number;
  readonly topicAliasMaximum?: number;
  readonly tls?: MqttTls;
  /** Extra HTTP headers of the WebSocket handshake. */
  readonly wsHeaders?: Readonly<Record<string, string>>;
  /** HTTP proxy URL for ws and wss. */
  readonly proxy?: string;
  readonly birth?: LifecycleMessage;
  readonly close?: LifecycleMessage;
  readonly will?: LifecycleMessage;
}
