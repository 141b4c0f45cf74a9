/** `msg.server` of a connect action: settings that replace those of the profile node until the next deploy. */
import type { RedisCredentials } from './redis-addresses';
import type { Settings } from './settings-readers';

const PLAIN = [
  'mode',
  'host',
  'port',
  'url',
  'path',
  'sentinels',
  'masterName',
  'nodes',
  'database',
  'usetls',
  'verifyservercert',
  'connectionName',
] as const;

/** The mode that a field says, when the message names no mode. */
const MODE_OF: readonly (readonly [field: string, mode: string])[] = [
  ['url', 'url'],
  ['path', 'unix'],
  ['sentinels', 'sentinel'],
  ['nodes', 'cluster'],
  ['host', 'standalone'],
];

/** The settings with the overrides applied. They add up over several actions. */
export function overrideRedisSettings(settings: Settings, overrides: Settings): Settings {
  const changed: Record<string, unknown> = { ...settings };
  for (const name of PLAIN) {
    if (Object.hasOwn(overrides, name)) changed[name] = overrides[name];
  }
  if (!Object.hasOwn(overrides, 'mode')) {
    const said = MODE_OF.find(([field]) => Object.hasOwn(overrides, field));
    if (said) changed['mode'] = said[1];
  }
  return changed;
}

/** User and password don't add up: an action that brings none uses those of the node. */
export function overrideRedisCredentials(credentials: RedisCredentials, overrides: Settings): RedisCredentials {
  return {
    ...credentials,
    ...(Object.hasOwn(overrides, 'username') ? { user: overrides['username'] } : {}),
    ...(Object.hasOwn(overrides, 'password') ? { password: overrides['password'] } : {}),
  };
}
