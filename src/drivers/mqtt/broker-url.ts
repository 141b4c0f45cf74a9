/** Broker URLs: what they may be, and how they are shown. */
import { PoolError } from '../../core/errors';
import { quote } from './topic-filter';
import { t } from '../../core/wording';

/** Where one broker is. */
export interface BrokerAddress {
  readonly secure: boolean;
  readonly webSocket: boolean;
  /** Without the brackets of an IPv6 literal. */
  readonly host: string;
  readonly port: number;
  /** Path and query of a WebSocket URL. */
  readonly path: string;
}

const SCHEMES: Readonly<Record<string, readonly [secure: boolean, webSocket: boolean, port: number]>> = {
  'mqtt:': [false, false, 1883],
  'tcp:': [false, false, 1883],
  'mqtts:': [true, false, 8883],
  'ssl:': [true, false, 8883],
  'tls:': [true, false, 8883],
  'ws:': [false, true, 80],
  'wss:': [true, true, 443],
};

/** @throws PoolError `MQTT_INVALID_PROFILE` */
export function parseBrokerUrl(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url && SCHEMES[url.protocol];
  if (!url?.hostname || !scheme) {
    const shown = quote(String(text).replace(/\/\/[^@/]*@/, '//'));
    const form = 'mqtt://host:port, mqtts://, ws:// or wss://';
    throw new PoolError('MQTT_INVALID_PROFILE', t`Invalid broker address ${shown}; use ${form}.`, { kind: 'refused' });
  }
  const [secure, webSocket, defaultPort] = scheme;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return { secure, webSocket, host, port: url.port ? Number(url.port) : defaultPort, path: url.pathname + url.search };
}

/** The URL as it is shown and compared: one spelling, no user, password or query. */
export function showBroker({ secure, webSocket, host, port, path }: BrokerAddress): string {
  const scheme = webSocket ? 'ws' : 'mqtt';
  const shownHost = host.includes(':') ? `[${host}]` : host;
  const shownPath = webSocket ? path.replace(/\?.*$/, '').replace(/^\/$/, '') : '';
  return `${scheme}${secure ? 's' : ''}://${shownHost}:${port}${shownPath}`;
}
