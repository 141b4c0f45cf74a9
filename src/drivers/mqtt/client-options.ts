/** A profile as the options of one mqtt.js client. Reconnecting and resubscribing are left to the pool. */
import type { IClientOptions } from 'mqtt';
import type { MessageIds } from './message-ids';
import type { LifecycleMessage, MqttProfile } from './profile';
import { asMqttStore, type IncomingStore, type OutgoingStore } from './session-stores';

export interface ClientParts {
  readonly clientId: string;
  readonly ids: MessageIds;
  readonly incoming: IncomingStore;
  readonly outgoing: OutgoingStore;
}

/** mqtt.js sets no other timers once keep-alive uses this: none may keep the process alive. */
const unreferencedTimer = {
  set: (callback: () => void, millis: number) => setInterval(callback, millis).unref() as unknown as number,
  clear: (timer: number) => clearInterval(timer),
};

export function clientOptions(profile: MqttProfile, version: 3 | 4 | 5, parts: ClientParts): IClientOptions {
  const { username, password, keepAliveSeconds = 60, cleanSession = true, will } = profile;
  return {
    clientId: parts.clientId,
    protocolVersion: version,
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    keepalive: keepAliveSeconds,
    clean: cleanSession,
    reconnectPeriod: 0,
    // The pool's own limit ends an attempt; this one must never be the first.
    connectTimeout: 0x7fff_ffff,
    resubscribe: false,
    queueQoSZero: false,
    messageIdProvider: parts.ids as NonNullable<IClientOptions['messageIdProvider']>,
    incomingStore: asMqttStore(parts.incoming),
    outgoingStore: asMqttStore(parts.outgoing),
    timerVariant: unreferencedTimer,
    log: () => undefined,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(version === 5 ? { properties: connectProperties(profile) } : {}),
    ...(will ? { will: willOf(will, version) } : {}),
  };
}

/** CONNECT properties (MQTT 5.0, 3.1.2.11). */
function connectProperties(profile: MqttProfile): NonNullable<IClientOptions['properties']> {
  const { sessionExpirySeconds, receiveMaximum, maximumPacketSize, topicAliasMaximum, userProperties } = profile;
  return {
    requestResponseInformation: true,
    requestProblemInformation: true,
    ...(sessionExpirySeconds === undefined ? {} : { sessionExpiryInterval: sessionExpirySeconds }),
    ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
    ...(maximumPacketSize === undefined ? {} : { maximumPacketSize }),
    ...(topicAliasMaximum === undefined ? {} : { topicAliasMaximum }),
    ...(userProperties === undefined ? {} : { userProperties: userProperties as Record<string, string | string[]> }),
  };
}

function willOf(will: LifecycleMessage, version: 3 | 4 | 5): NonNullable<IClientOptions['will']> {
  const { topic, payload = '', qos = 0, retain = false, properties } = will;
  const basic = { topic, payload: Buffer.from(payload), qos, retain };
  return (version === 5 && properties ? { ...basic, properties } : basic) as NonNullable<IClientOptions['will']>;
}
