/** From the flow JSON and credentials of a profile node to the driver's profile and the lease's options. */
import type { MqttProfile, MqttTls, ProtocolVersion } from '../drivers/mqtt/profile';
import { type LeaseSettings, readLeaseSettings, UINT32 } from './lease-settings';
import { parseBrokers } from './mqtt-broker-urls';
import { readLifecycleMessage } from './mqtt-lifecycle-settings';
import { mqttReaders } from './mqtt-settings-readers';
import { type Environment, proxyFor } from './proxy-environment';
import { credentialText, defined, readBoolean, readText, type Settings } from './settings-readers';
import { readTls } from './tls-settings';
import { toUserProperties } from './user-properties';
import { t } from '../core/wording';

/** Credentials of the profile node. */
export interface ProfileCredentials {
  readonly user?: unknown;
  readonly password?: unknown;
}

/** What a profile depends on outside its own properties. */
export interface Surroundings {
  /** The node of the `tls` property; see `readTls`. */
  readonly tlsNode?: unknown;
  readonly environment?: Environment;
}

/** Things that work, but not as the profile says. Keys of the catalogue, under `errors`. */
export type ProfileWarning = 'clean-without-client-id' | 'certificate-not-verified';

export interface ProfileSettings extends LeaseSettings {
  readonly profile: MqttProfile;
  /** Whether a stopped source ends its subscription at the broker; a removed one always does. */
  readonly autoUnsubscribe: boolean;
  /** Whether messages get `_topic`, which tells a bridge on this machine where they came from. */
  readonly addsTopicCopy: boolean;
  readonly warnings: readonly ProfileWarning[];
}

const UINT16 = 0xffff;
const DAY_SECONDS = 86_400;

/** @throws PoolError `MQTT_INVALID_PROFILE` or `MQTT_TLS`, naming the field */
export function readProfileSettings(
  settings: Settings,
  credentials: ProfileCredentials,
  { tlsNode, environment = {} }: Surroundings = {},
): ProfileSettings {
  const warnings: ProfileWarning[] = [];
  const useTls = readBoolean(settings, 'usetls', false);
  const broker = readText(settings, 'url') || readText(settings, 'broker');
  const { urls, username, password } = parseBrokers(
    broker,
    () => mqttReaders.integer(settings, 'port', 1, UINT16) ?? 1883,
    useTls,
  );
  const clientId = typeof settings['clientid'] === 'string' ? settings['clientid'] : readText(settings, 'clientid');
  const cleanSession = readBoolean(settings, 'cleansession', true) || clientId === '';
  if (cleanSession && !readBoolean(settings, 'cleansession', true)) warnings.push('clean-without-client-id');
  const usesTls = useTls || urls.some((url) => url.startsWith('mqtts:') || url.startsWith('wss:'));
  const tls = usesTls ? (readTls(settings, tlsNode, 'MQTT_TLS') as MqttTls) : undefined;
  if (tls?.rejectUnauthorized === false && tlsNode === undefined) warnings.push('certificate-not-verified');
  const protocolVersion = readProtocolVersion(settings);
  const speaksV5 = protocolVersion === 5 || protocolVersion === 'auto';
  const profile: MqttProfile = {
    brokers: urls,
    protocolVersion,
    clientId,
    cleanSession,
    keepAliveSeconds: mqttReaders.integer(settings, 'keepalive', 0, UINT16) ?? 60,
    ...defined({
      username: username ?? credentialText(credentials.user),
      password: password ?? credentialText(credentials.password),
      connectTimeoutMillis: mqttReaders.seconds(settings, 'connectTimeoutSeconds', 0.1, DAY_SECONDS),
      silenceMillis: mqttReaders.seconds(settings, 'silenceSeconds', 0, DAY_SECONDS),
      tls,
      ...webSocketSettings(settings, urls, environment),
      birth: readLifecycleMessage(settings, 'birth', speaksV5),
      close: readLifecycleMessage(settings, 'close', speaksV5),
      will: readLifecycleMessage(settings, 'will', speaksV5),
      ...(speaksV5 ? v5Settings(settings) : {}),
    }),
  };
  return {
    profile,
    ...readLeaseSettings(settings, mqttReaders),
    autoUnsubscribe: readBoolean(settings, 'autoUnsubscribe', true),
    addsTopicCopy: broker === 'localhost' || broker === '127.0.0.1',
    warnings,
  };
}

function readProtocolVersion(settings: Settings): ProtocolVersion {
  if (readBoolean(settings, 'compatmode', false)) return 3;
  const version = readText(settings, 'protocolVersion');
  if (version === '' || version === 'auto') return 'auto';
  if (version === '3' || version === '4' || version === '5') return Number(version) as 3 | 4 | 5;
  throw mqttReaders.invalid('protocolVersion', t`"auto", 5, 4 (3.1.1) or 3 (3.1)`);
}

function v5Settings(settings: Settings) {
  const field = settings['userProperties'] === undefined ? 'userProps' : 'userProperties';
  return {
    // 0 is what the core node stores for "none".
    sessionExpirySeconds: mqttReaders.integer(settings, 'sessionExpiry', 0, UINT32) || undefined,
    userProperties: toUserProperties(mqttReaders.object(settings, field)),
    receiveMaximum: mqttReaders.integer(settings, 'receiveMaximum', 1, UINT16),
    maximumPacketSize: mqttReaders.integer(settings, 'maximumPacketSize', 1, UINT32),
    topicAliasMaximum: mqttReaders.integer(settings, 'topicAliasMaximum', 0, UINT16),
  };
}

function webSocketSettings(settings: Settings, urls: readonly string[], environment: Environment) {
  const url = urls.find((one) => one.startsWith('ws'));
  if (url === undefined) return {};
  const headers = mqttReaders.object(settings, 'wsHeaders');
  return {
    wsHeaders: headers && Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    proxy: proxyFor(url, environment),
  };
}
