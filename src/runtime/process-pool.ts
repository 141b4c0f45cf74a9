/**
 * The one pool of this process. It hangs on `globalThis`, so that two copies of the package (a palette install and one
 * of a Function node, say) share it.
 */
import type { Driver, DriverSession } from '../core/driver';
import { Pool, type PoolOptions } from '../core/pool';
import { httpDriver } from '../drivers/http/http-driver';
import { mqttDriver } from '../drivers/mqtt/mqtt-driver';
import { redisDriver } from '../drivers/redis/redis-driver';

const POOL = Symbol.for('@edgepool/node-red-connection-pool');
const shared = globalThis as unknown as Record<symbol, Pool | undefined>;

/** The pool all nodes of this process share, made on first use with the drivers of this package. */
export function getPool(): Pool {
  const existing = shared[POOL];
  if (existing) return existing;
  const pool = new Pool();
  pool.registerDriver(mqttDriver);
  pool.registerDriver(redisDriver);
  pool.registerDriver(httpDriver);
  // While a deploy has the nodes stopped, or a node type is missing, the runtime ends without another word to them. A
  // process that fails leaves it to the wills.
  process.once('exit', (code) => {
    if (code === 0) pool.farewell();
  });
  shared[POOL] = pool;
  return pool;
}

/** Makes another connection type known to the pool of this process. */
export function registerDriver<Profile, Session extends DriverSession>(driver: Driver<Profile, Session>): void {
  getPool().registerDriver(driver);
}

/** `connectionPool` of Node-RED's settings.js; every part is optional. */
export type PoolSettings = Pick<PoolOptions, 'lingerMillis' | 'backoff'>;

/** Applies `settings.connectionPool` to the pool; what isn't a non-negative number there is left at its default. */
export function configurePool(settings: unknown): void {
  if (!isObject(settings)) return;
  const backoff = isObject(settings['backoff']) ? settings['backoff'] : {};
  const lingerMillis = settings['lingerMillis'];
  getPool().configure({
    ...(isDuration(lingerMillis) ? { lingerMillis } : {}),
    backoff: Object.fromEntries(Object.entries(backoff).filter(([, millis]) => isDuration(millis))),
  });
}

let stopTelling: (() => void) | undefined;

/** Sends the pool's warnings to the runtime's log; a runtime that starts later in this process takes over. */
export function logPoolWarnings(warn: (text: string) => void): void {
  stopTelling?.();
  stopTelling = getPool().onWarning((error, address) => warn(`${address}: ${error.message} (${error.code})`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
