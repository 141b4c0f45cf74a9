/**
 * Named profiles of an EdgeX bus, as eKuiper and EdgeX services have them: a connection to MQTT or Redis under other names.
 * They serve mqtt or redis profile nodes, to which an EdgeX profile node refers.
 */
import { isIPv6 } from 'node:net';
import { PoolError } from '../../core/errors';
import { isPlainObject, readText } from '../settings-readers';
import { mqttType } from './mqtt-type';
import {
  credential,
  type GatheredSettings,
  LEASE_ROWS,
  names,
  type NamedProfileType,
  propertyTable,
  setting,
  TLS_ROWS,
} from './profile-type';
import { t } from '../../core/wording';

/** Of `optional`, in lower case, to the part and the property of the profile node. */
const OPTIONAL: Readonly<Record<string, readonly [part: keyof GatheredSettings, name: string]>> = {
  clientid: ['settings', 'clientid'],
  keepalive: ['settings', 'keepalive'],
  username: ['credentials', 'user'],
  password: ['credentials', 'password'],
  certpemblock: ['tls', 'cert'],
  keypemblock: ['tls', 'key'],
  capemblock: ['tls', 'ca'],
};

const SECURE_PROTOCOLS: ReadonlySet<unknown> = new Set(['ssl', 'tls', 'mqtts', 'rediss']);

export const edgexType: NamedProfileType = {
  type: 'edgex',
  properties: propertyTable([
    setting('text', 'protocol'),
    setting('text', 'server host'),
    setting('number', 'port'),
    setting('text', 'type'),
    setting('object', 'optional', { secret: true }),
    setting('text', 'clientid'),
    setting('number', 'keepalive'),
    credential('user', 'username user'),
    credential('password', 'password', { secret: true }),
    ...LEASE_ROWS,
    ...TLS_ROWS,
  ]),
  unused: names('xOperation connectionSelector topic messageType format name id'),
  finish: (gathered) => {
    const { settings } = gathered;
    const bus = settings['type'] ?? (settings['protocol'] === 'redis' ? 'redis' : undefined);
    if (bus !== 'mqtt' && bus !== 'redis') {
      const text = t`"type" must be "mqtt" or "redis", the buses that are supported here`;
      const detail = { setting: 'type', fault: t`must be "mqtt" or "redis", the buses that are supported here` };
      throw new PoolError('EDGEX_INVALID_PROFILE', text, { kind: 'refused', detail });
    }
    takeOptional(gathered);
    if (SECURE_PROTOCOLS.has(settings['protocol'])) settings['usetls'] ??= true;
    const host = readText(settings, 'server') || 'localhost';
    for (const name of ['type', 'protocol', 'server', 'optional']) delete settings[name];
    if (bus === 'redis') {
      settings['host'] = host;
      for (const name of ['clientid', 'keepalive']) delete settings[name];
    } else {
      settings['broker'] = isIPv6(host) ? `[${host}]` : host;
    }
    mqttType.finish?.(gathered);
    return bus;
  },
  // Never asked: `finish` names the type that checks.
  check: (given) => mqttType.check(given),
};

/** What the profile says itself goes before what stands in its `optional`. */
function takeOptional(gathered: GatheredSettings): void {
  const optional = gathered.settings['optional'];
  if (!isPlainObject(optional)) return;
  for (const [name, value] of Object.entries(optional)) {
    const key = name.toLowerCase();
    const [part, property] = (Object.hasOwn(OPTIONAL, key) ? OPTIONAL[key] : undefined) ?? [];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    if (part !== undefined && property !== undefined && text !== '') gathered[part][property] ??= text;
    if (key === 'skipcertverify') gathered.settings['verifyservercert'] ??= String(value) !== 'true';
  }
}
