/** Defaults filled in and equal settings brought to an equal shape; what can't work is said here. */
import { type ErrorDetail, PoolError } from '../../core/errors';
import type { RedisAddress, RedisEndpoint, RedisProfile } from './profile';
import { t } from '../../core/wording';

/** @throws PoolError `REDIS_INVALID_PROFILE` */
export function normaliseProfile(profile: RedisProfile): RedisProfile {
  const { database = 0, protocol = 3, resend = 'safe' } = profile;
  const { connectTimeoutMillis = 10_000, commandTimeoutMillis = 10_000 } = profile;
  const endpoint = normaliseEndpoint(profile.endpoint);
  if (!Number.isInteger(database) || database < 0) throw invalid(t`The database must be a whole number from 0.`);
  if (endpoint.kind === 'cluster' && database !== 0) throw invalid(t`A cluster has only database 0.`);
  if (protocol !== 2 && protocol !== 3) throw invalid(t`The protocol must be 2 or 3.`);
  if (!['safe', 'always', 'never'].includes(resend)) throw mustBe('resend', t`safe, always or never`);
  for (const [name, millis] of Object.entries({ connectTimeoutMillis, commandTimeoutMillis })) {
    if (!(millis > 0 && millis <= 2 ** 31 - 1)) throw mustBe(name, t`a number of milliseconds above 0`);
  }
  const { username, password, tls, connectionName, dedicated } = profile;
  return {
    endpoint,
    database,
    protocol,
    resend,
    connectTimeoutMillis,
    commandTimeoutMillis,
    // "default" is the user of a password alone (Redis AUTH).
    ...(username && username !== 'default' ? { username } : {}),
    ...(password ? { password } : {}),
    ...(connectionName ? { connectionName } : {}),
    ...(tls ? { tls } : {}),
    ...(dedicated ? { dedicated } : {}),
  };
}

function normaliseEndpoint(endpoint: RedisEndpoint): RedisEndpoint {
  switch (endpoint.kind) {
    case 'standalone':
      return { kind: 'standalone', ...normaliseAddress(endpoint) };
    case 'unix':
      if (!endpoint.path) throw invalid(t`The path of the unix socket is missing.`);
      return { kind: 'unix', path: endpoint.path };
    case 'sentinel':
      if (!endpoint.masterName) throw invalid(t`The name of the master is missing; it stands in "sentinel monitor".`);
      return { ...endpoint, sentinels: normaliseAddresses(endpoint.sentinels, t`At least one sentinel is needed.`) };
    case 'cluster':
      return { kind: 'cluster', nodes: normaliseAddresses(endpoint.nodes, t`At least one node is needed.`) };
    default:
      throw invalid(t`The profile does not say where the server is.`);
  }
}

/** Sorted: which of them is asked first does not matter. */
function normaliseAddresses(addresses: readonly RedisAddress[], whenNone: string): RedisAddress[] {
  if (!Array.isArray(addresses) || addresses.length === 0) throw invalid(whenNone);
  const text = ({ host, port }: RedisAddress) => `${host}:${port}`;
  return (addresses as readonly RedisAddress[])
    .map(normaliseAddress)
    .sort((one, other) => (text(one) < text(other) ? -1 : 1));
}

function normaliseAddress({ host, port }: RedisAddress): RedisAddress {
  const name = String(host ?? '')
    .trim()
    .toLowerCase();
  if (name === '' || /[\s/@]/.test(name)) throw invalid(t`The host must be a name or an IP address.`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid(t`The port must be a whole number from 1 to 65535.`);
  return { host: name.replace(/^\[(.*)\]$/, '$1'), port };
}

function mustBe(setting: string, expected: string): PoolError {
  return invalid(t`"${setting}" must be ${expected}.`, { setting, fault: t`must be ${expected}` });
}

function invalid(message: string, detail: ErrorDetail = {}): PoolError {
  return new PoolError('REDIS_INVALID_PROFILE', t`${message} Correct it in the connection profile.`, {
    kind: 'refused',
    detail: { statement: message, ...detail },
  });
}
