/** Named profiles of Redis: the properties of the profile node, and the names eKuiper has for them. */
import { redisDriver } from '../../drivers/redis/redis-driver';
import { readRedisProfile } from '../redis-profile-settings';
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
import { takeUser } from './url-user';

export const redisType: NamedProfileType = {
  type: 'redis',
  properties: propertyTable([
    setting('text', 'server addr address'),
    setting('text', 'mode'),
    setting('text', 'host'),
    setting('number', 'port'),
    setting('text', 'url'),
    setting('text', 'path'),
    setting('texts', 'sentinels'),
    setting('text', 'masterName'),
    setting('texts', 'nodes'),
    setting('number', 'database db'),
    setting('text', 'connectionName clientName'),
    setting('number', 'commandTimeoutSeconds'),
    setting('text', 'resend'),
    credential('user', 'username user'),
    credential('password', 'password', { secret: true }),
    credential('sentinelUser', 'sentinelUsername sentinelUser'),
    credential('sentinelPassword', 'sentinelPassword', { secret: true }),
    ...LEASE_ROWS,
    ...TLS_ROWS,
  ]),
  unused: names(
    'xOperation connectionSelector key field keyType dataType expiration rowkindField channel channels datasource ' +
      'tlsMinVersion renegotiationSupport decrypt compression decompression name id',
  ),
  finish: (gathered) => {
    finishAddress(gathered);
    if (gathered.settings['usetls'] === undefined && Object.keys(gathered.tls).length > 0) {
      gathered.settings['usetls'] = true;
    }
    return undefined;
  },
  check: ({ settings, credentials, tlsNode }) => {
    const { profile, warnings: _told, ...rest } = readRedisProfile(settings, credentials, tlsNode);
    return { profile: redisDriver.normalise(profile), ...rest };
  },
};

/** One address under whatever name, and the mode that follows from what is set. */
export function finishAddress({ settings, credentials }: GatheredSettings): void {
  const server = settings['server'] ?? settings['url'];
  delete settings['server'];
  if (typeof server === 'string') {
    if (/^(rediss?|unix):\/\//i.test(server)) readUrl(server, settings, credentials);
    else readHost(server.replace(/^tcp:\/\//i, ''), settings);
  }
  if (settings['mode'] !== undefined) return;
  if (settings['url'] !== undefined) settings['mode'] = 'url';
  else if (settings['path'] !== undefined) settings['mode'] = 'unix';
  else if (settings['sentinels'] !== undefined) settings['mode'] = 'sentinel';
  else if (settings['nodes'] !== undefined) settings['mode'] = 'cluster';
}

function readUrl(text: string, settings: Record<string, unknown>, credentials: Record<string, unknown>): void {
  delete settings['url'];
  if (/^unix:/i.test(text)) {
    settings['path'] = text.replace(/^unix:\/\//i, '');
    return;
  }
  settings['url'] = takeUser(text, credentials, 'user', 'password');
}

function readHost(text: string, settings: Record<string, unknown>): void {
  delete settings['url'];
  const [, host, port] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(text) ?? [];
  const isV6 = host !== undefined && host.includes(':') && !host.startsWith('[');
  settings['host'] = host === undefined || isV6 ? text : host;
  if (port !== undefined && !isV6) settings['port'] ??= Number(port);
}
