/** Equal MQTT settings in one shape: defaults filled in, addresses in one spelling, nothing that makes no difference. */
import { PoolError } from '../../core/errors';
import { parseBrokerUrl, showBroker } from './broker-url';
import { messageFault } from './outgoing-check';
import type { LifecycleMessage, MqttProfile } from './profile';
import { stringFault } from './topic-filter';
import { clause, t } from '../../core/wording';

const VERSIONS: readonly unknown[] = ['auto', 5, 4, 3];

/** @throws PoolError `MQTT_INVALID_PROFILE` */
export function normaliseProfile(profile: MqttProfile): MqttProfile {
  if (!Array.isArray(profile.brokers) || profile.brokers.length === 0) throw invalid('brokers', t`name at least one`);
  const {
    protocolVersion = 'auto',
    keepAliveSeconds = 60,
    silenceMillis = 10_000,
    connectTimeoutMillis = 30_000,
    cleanSession = true,
  } = profile;
  if (!VERSIONS.includes(protocolVersion)) throw invalid('protocolVersion', t`use 'auto', 5, 4 or 3`);
  inRange('keepAliveSeconds', keepAliveSeconds, 0, 65_535);
  inRange('silenceMillis', silenceMillis, 0, 0x7fff_ffff);
  inRange('connectTimeoutMillis', connectTimeoutMillis, 1, 0x7fff_ffff);
  inRange('sessionExpirySeconds', profile.sessionExpirySeconds, 0, 0xffff_ffff);
  inRange('receiveMaximum', profile.receiveMaximum, 1, 65_535);
  inRange('maximumPacketSize', profile.maximumPacketSize, 1, 0xffff_ffff);
  inRange('topicAliasMaximum', profile.topicAliasMaximum, 0, 65_535);
  for (const name of ['clientId', 'username', 'password'] as const) checkString(name, profile[name]);
  if (profile.proxy !== undefined && !isProxy(profile.proxy)) throw invalid('proxy', t`use http://host:port`);
  const clientId = profile.clientId ?? '';
  if (!cleanSession && !clientId) throw invalid('cleanSession', t`a session that is kept needs a client id`);
  return compact({
    ...profile,
    ...credentialsOf(profile),
    brokers: (profile.brokers as readonly string[]).map((broker) => fullAddress(broker)),
    protocolVersion,
    clientId,
    keepAliveSeconds,
    silenceMillis,
    connectTimeoutMillis,
    cleanSession,
    tls: profile.tls && compact({ rejectUnauthorized: true, ...profile.tls }),
    birth: normaliseMessage('birth', profile.birth),
    close: normaliseMessage('close', profile.close),
    will: normaliseMessage('will', profile.will),
  });
}

/** User and password, which may stand in the first address instead. */
function credentialsOf({ brokers, username, password }: MqttProfile): Pick<MqttProfile, 'username' | 'password'> {
  const [first = ''] = brokers;
  const url = username === undefined && URL.canParse(first) ? new URL(first) : undefined;
  if (!url?.username)
    return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  try {
    return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch {
    throw invalid('brokers', t`user and password in the address are not properly encoded`);
  }
}

/** One spelling of an address that keeps the query a WebSocket may need. */
function fullAddress(broker: string): string {
  const address = parseBrokerUrl(broker);
  const query = address.webSocket ? /\?.*$/.exec(address.path)?.[0] : undefined;
  return `${showBroker(address)}${query ?? ''}`;
}

function normaliseMessage(name: string, message: LifecycleMessage | undefined): LifecycleMessage | undefined {
  if (!message?.topic) return undefined;
  const { topic, payload = '', qos = 0, retain = false, properties } = message;
  const { willDelayInterval, ...ofMessage } = properties ?? {};
  inRange(`${name}, willDelayInterval`, willDelayInterval, 0, 0xffff_ffff);
  const fault = messageFault({ topic, payload, qos, retain, properties: ofMessage });
  if (fault) throw invalid(name, clause(fault.message));
  return compact({ topic, payload, qos, retain, properties });
}

function isProxy(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return protocol === 'http:';
}

function inRange(name: string, value: number | undefined, lowest: number, highest: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= lowest && value <= highest)) return;
  throw invalid(name, t`use a whole number from ${lowest} to ${highest}`);
}

function checkString(name: string, text: string | undefined): void {
  const fault = text === undefined ? undefined : typeof text === 'string' ? stringFault(text) : t`it is not a string`;
  if (fault) throw invalid(name, fault);
}

function invalid(name: string, what: string): PoolError {
  const detail = { setting: name, fault: t`can't be used: ${what}` };
  return new PoolError('MQTT_INVALID_PROFILE', t`Invalid MQTT settings, ${name}: ${what}.`, {
    kind: 'refused',
    detail,
  });
}

function isEmpty(item: unknown): boolean {
  return typeof item === 'object' && item !== null && !Buffer.isBuffer(item) && Object.keys(item).length === 0;
}

/** Leaves out what is undefined or an empty object: saying nothing and saying so are the same. */
function compact<Value extends object>(value: { [Name in keyof Value]: Value[Name] | undefined }): Value {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && !isEmpty(item))) as Value;
}
