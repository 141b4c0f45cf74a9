/** What this package reads from Node-RED's settings.js. */
import { isPlainObject } from './settings-readers';
import type { Environment } from './proxy-environment';

/** `connectionPool`: defaults of the pool, see `PoolSettings`. */
export function readPoolSettings(settings: object): unknown {
  return 'connectionPool' in settings ? settings.connectionPool : undefined;
}

/** The environment for proxies: `proxyOptions.env` if it is set, as for Node-RED's own nodes, else the process's. */
export function readEnvironment(settings: object): Environment {
  const options = 'proxyOptions' in settings ? settings.proxyOptions : undefined;
  const environment = isPlainObject(options) ? options['env'] : undefined;
  return isPlainObject(environment) ? (environment as Environment) : process.env;
}

/** Where the user's files are; undefined in a runtime without any. */
export function readUserDirectory(settings: object): string | undefined {
  return 'userDir' in settings && typeof settings.userDir === 'string' ? settings.userDir : undefined;
}
