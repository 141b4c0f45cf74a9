/** The MQTT driver: any number of nodes on one client (MQTT 5, 3.1.1 and 3.1 over TCP, TLS and WebSocket). */
import { createHash, randomBytes } from 'node:crypto';
import type { Driver } from '../../core/driver';
import { MqttConnection } from './mqtt-connection';
import { normaliseProfile } from './normalise-profile';
import { parseBrokerUrl, showBroker } from './broker-url';
import type { MqttProfile } from './profile';
import type { MqttSession } from './session';

export const mqttDriver: Driver<MqttProfile, MqttSession> = {
  type: 'mqtt',
  normalise: normaliseProfile,
  describe: ({ brokers }) => brokers.map((broker) => showBroker(parseBrokerUrl(broker))).join(', '),
  identity: ({ clientId, brokers }) => (clientId ? `mqtt:${clientId}@${[...brokers].sort().join(',')}` : undefined),
  rivalry: ({ clientId }) => (clientId ? `mqtt:${clientId}` : undefined),
  dedicate: (profile, suffix) =>
    profile.clientId ? { ...profile, clientId: `${profile.clientId}-${shortHash(suffix)}` } : profile,
  forTest,
  connectTimeoutMillis: ({ connectTimeoutMillis = 30_000 }) => connectTimeoutMillis,
  open: (profile, context) => new MqttConnection(profile, profile.clientId || newClientId(), context),
};

/** Without what other clients or the broker would notice: its messages, its client id, a session that is kept. */
function forTest(profile: MqttProfile, suffix: string): MqttProfile {
  const { birth: _birth, close: _close, will: _will, sessionExpirySeconds: _kept, ...rest } = profile;
  return { ...rest, cleanSession: true, clientId: profile.clientId ? `${profile.clientId}-${shortHash(suffix)}` : '' };
}

/** Stays within the 23 characters every broker must take (MQTT 3.1.1, 3.1.3.1). */
function newClientId(): string {
  return `edgepool_${randomBytes(6).toString('hex')}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
