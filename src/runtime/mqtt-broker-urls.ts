/** From what people write into the broker field to URLs for the driver. */
import { isIPv6 } from 'node:net';
import { mqttReaders } from './mqtt-settings-readers';
import { t } from '../core/wording';

export interface BrokerUrls {
  readonly urls: readonly string[];
  /** User and password found in a URL; they are taken out of it, so that no address shows them. */
  readonly username?: string;
  readonly password?: string;
}

const SCHEMES: Readonly<Record<string, string>> = {
  'mqtt:': 'mqtt',
  'tcp:': 'mqtt',
  'mqtts:': 'mqtts',
  'ssl:': 'mqtts',
  'tls:': 'mqtts',
  'ws:': 'ws',
  'wss:': 'wss',
};

const DEFAULT_PORTS: Readonly<Record<string, string>> = { mqtt: '1883', mqtts: '8883' };
const EXPECTED = () =>
  t`a host name, an IP address or a URL with mqtt, mqtts, ws or wss, or several separated by commas`;

/**
 * @param broker one host, host:port, [v6]:port or URL, or several separated by commas; empty means localhost
 * @param port the port of hosts that name none; called only when it is needed
 * @param useTls whether hosts without a scheme are reached over TLS
 * @throws PoolError `MQTT_INVALID_PROFILE`
 */
export function parseBrokers(broker: string, port: () => number, useTls: boolean): BrokerUrls {
  const scheme = useTls ? 'mqtts' : 'mqtt';
  const parts = broker
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) return { urls: [`${scheme}://localhost:1883`] };
  const parsed = parts.map((part) =>
    part.includes('://') ? parseUrl(part) : { urls: [`${scheme}://${parseHost(part, port)}`] },
  );
  const withUser = parsed.find((one) => one.username !== undefined);
  return { ...withUser, urls: parsed.flatMap((one) => one.urls) };
}

function parseHost(text: string, port: () => number): string {
  if (isIPv6(text)) return `[${text}]:${port()}`;
  const parts = /^(?:\[([^\]]+)\]|([^\s/?#@:[\]]+))(?::(\d+))?$/.exec(text);
  if (!parts) throw mqttReaders.invalid('broker', EXPECTED());
  const [, v6, name = '', ownPort] = parts;
  if (v6 !== undefined && !isIPv6(v6)) throw mqttReaders.invalid('broker', EXPECTED());
  if (ownPort !== undefined && !(Number(ownPort) >= 1 && Number(ownPort) <= 65535)) {
    throw mqttReaders.invalid('broker', t`an address with a port from 1 to 65535`);
  }
  return `${v6 === undefined ? name : `[${v6}]`}:${ownPort ?? port()}`;
}

function parseUrl(text: string): BrokerUrls {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url && SCHEMES[url.protocol];
  if (!url || scheme === undefined || url.hostname === '') throw mqttReaders.invalid('broker', EXPECTED());
  const port = url.port || DEFAULT_PORTS[scheme];
  const isWebSocket = scheme === 'ws' || scheme === 'wss';
  const path = isWebSocket ? `${url.pathname}${url.search}` : '';
  const urls = [`${scheme}://${url.hostname}${port ? `:${port}` : ''}${path}`];
  if (url.username === '') return { urls };
  return { urls, username: decode(url.username), password: decode(url.password) };
}

/** A lone % is no escape sequence but part of the password. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
