/** Where a Redis profile connects to: from what people write into its fields to the driver's endpoint. */
import { isIPv6 } from 'node:net';
import type { RedisAddress, RedisEndpoint } from '../drivers/redis/profile';
import { CheckedReaders, credentialText, defined, readText, type Settings } from './settings-readers';
import { t } from '../core/wording';

/** The checking readers of a Redis profile: what can't work is `REDIS_INVALID_PROFILE`. */
export const redisReaders = new CheckedReaders('REDIS_INVALID_PROFILE', 'connection profile', 'pool-redis-profile');

export const REDIS_MODES = ['standalone', 'url', 'unix', 'sentinel', 'cluster'] as const;

const DEFAULT_PORT = 6379;
const SENTINEL_PORT = 26_379;
const MAXIMUM_PORT = 0xffff;

/** An endpoint, and what a URL says besides. */
export interface RedisPlace {
  readonly endpoint: RedisEndpoint;
  /** The URL asks for TLS. */
  readonly secure?: boolean;
  /** The database in the URL's path. */
  readonly database?: number;
}

/** Credentials of the profile node. */
export interface RedisCredentials {
  readonly user?: unknown;
  readonly password?: unknown;
  readonly sentinelUser?: unknown;
  readonly sentinelPassword?: unknown;
}

/** @throws PoolError `REDIS_INVALID_PROFILE`, naming the field */
export function readPlace(settings: Settings, credentials: RedisCredentials): RedisPlace {
  switch (redisReaders.word(settings, 'mode', REDIS_MODES) ?? 'standalone') {
    case 'standalone':
      return { endpoint: readStandalone(settings) };
    case 'url':
      return parseRedisUrl(readText(settings, 'url'));
    case 'unix':
      return { endpoint: { kind: 'unix', path: required(settings, 'path', t`the path of the socket`) } };
    case 'sentinel':
      return {
        endpoint: {
          kind: 'sentinel',
          sentinels: readAddresses(settings, 'sentinels', SENTINEL_PORT),
          masterName: required(settings, 'masterName', t`the name of the master, as the sentinels know it`),
          ...defined({
            sentinelUsername: credentialText(credentials.sentinelUser),
            sentinelPassword: credentialText(credentials.sentinelPassword),
          }),
        },
      };
    case 'cluster':
      return { endpoint: { kind: 'cluster', nodes: readAddresses(settings, 'nodes', DEFAULT_PORT) } };
  }
}

function readStandalone(settings: Settings): RedisEndpoint {
  const text = readText(settings, 'host') || 'localhost';
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (!isHost(host)) throw redisReaders.invalid('host', t`a host name or an IP address`);
  return { kind: 'standalone', host, port: redisReaders.integer(settings, 'port', 1, MAXIMUM_PORT) ?? DEFAULT_PORT };
}

/**
 * @param text `redis://host:port/database` or the same with `rediss`
 * @throws PoolError `REDIS_INVALID_PROFILE`
 */
export function parseRedisUrl(text: string): RedisPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw redisReaders.invalid('url', t`a URL such as redis://host:6379/0, or rediss:// for TLS`);
  }
  if (url.username !== '' || url.password !== '') {
    throw redisReaders.invalid(
      'url',
      t`a URL without user name and password: these are stored encrypted on the Security tab`,
    );
  }
  const database = /^\/?(\d{0,9})$/.exec(url.pathname)?.[1];
  if (database === undefined || url.search !== '' || url.hash !== '') {
    throw redisReaders.invalid('url', t`a URL with nothing but the number of a database after the port`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    endpoint: { kind: 'standalone', host, port: url.port === '' ? DEFAULT_PORT : Number(url.port) },
    secure: url.protocol === 'rediss:',
    ...(database === '' ? {} : { database: Number(database) }),
  };
}

function readAddresses(settings: Settings, field: string, defaultPort: number): readonly RedisAddress[] {
  const addresses = readText(settings, field)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => parseAddress(part, field, defaultPort));
  if (addresses.length === 0) throw redisReaders.invalid(field, EXPECTED_ADDRESSES());
  return addresses;
}

const EXPECTED_ADDRESSES = () => t`at least one address such as host:port, several separated by commas`;

function parseAddress(text: string, field: string, defaultPort: number): RedisAddress {
  if (isIPv6(text)) return { host: text, port: defaultPort };
  const parts = /^(?:\[([^\]]+)\]|([^\s/?#@:[\]]+))(?::(\d+))?$/.exec(text);
  const host = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3] ?? defaultPort);
  if (!isHost(host) || !(port >= 1 && port <= MAXIMUM_PORT)) throw redisReaders.invalid(field, EXPECTED_ADDRESSES());
  return { host, port };
}

function isHost(text: string): boolean {
  return isIPv6(text) || /^[^\s/?#@:[\]]+$/.test(text);
}

function required(settings: Settings, field: string, what: string): string {
  const text = readText(settings, field);
  if (text === '') throw redisReaders.invalid(field, what);
  return text;
}
