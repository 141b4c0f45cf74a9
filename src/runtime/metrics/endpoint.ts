/** GET `connection-pool/metrics` under Node-RED's admin root, for Prometheus and whatever speaks its format. */
import type { NodeAPI } from 'node-red';
import { outboxViews } from '../outbox/outbox-run';
import { getPool } from '../process-pool';
import { readPoolSettings } from '../runtime-settings';
import { isPlainObject, readBoolean } from '../settings-readers';
import { CONTENT_TYPE, expositionText } from './exposition';
import { outboxFamilies } from './outbox-families';
import { poolFamilies } from './pool-families';

export const METRICS_PATH = '/connection-pool/metrics';

type Surroundings = Pick<NodeAPI, 'auth' | 'httpAdmin' | 'settings'>;

const served = new WeakSet<object>();

/**
 * Serves the metrics, once for each admin application; `connectionPool.metrics.enabled: false` in settings.js forbids it.
 *
 * @returns whether they are served from now on
 */
export function serveMetrics(RED: Surroundings): boolean {
  // Absent when settings.js switches the admin API off.
  const { httpAdmin } = RED as Partial<Surroundings>;
  if (!httpAdmin || served.has(httpAdmin) || !isEnabled(readPoolSettings(RED.settings))) return false;
  served.add(httpAdmin);
  httpAdmin.get(METRICS_PATH, RED.auth.needsPermission('connection-pool.read'), (_request, response) => {
    const families = [...poolFamilies(getPool().snapshot()), ...outboxFamilies(outboxViews(), Date.now())];
    const text = expositionText(families);
    // Not `send`: it puts the parameters of the content type into another order.
    response.set('Cache-Control', 'no-store').type(CONTENT_TYPE).end(text);
  });
  return true;
}

function isEnabled(settings: unknown): boolean {
  const metrics = isPlainObject(settings) ? settings['metrics'] : undefined;
  return !isPlainObject(metrics) || readBoolean(metrics, 'enabled', true);
}
