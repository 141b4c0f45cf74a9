/** `connections`: what the pool has, and what an operator may do to it. */
import { PoolError } from '../../core/errors';
import type { Pool } from '../../core/pool';
import type { TestResult } from '../../core/test-profile';
import { getPool } from '../process-pool';
import { type ConnectionView, connectionView } from './connection-view';
import { FlowNames } from './flow-names';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';
import { t } from '../../core/wording';

/** Nobody waits longer for a test. */
export const TEST_TIMEOUT_MILLIS = 15_000;

const ACTIONS = ['reconnect', 'pause', 'resume'] as const;

export function connectionRoutes(RED: Pick<AdminRuntime, 'nodes'>): readonly AdminRoute[] {
  const pool = getPool();
  return [
    {
      method: 'get',
      path: '/connections',
      permission: 'connection-pool.read',
      answer: () => {
        const names = new FlowNames(RED);
        return { body: { connections: pool.snapshot().connections.map((one) => connectionView(one, names)) } };
      },
    },
    {
      method: 'get',
      path: '/connections/:key',
      permission: 'connection-pool.read',
      answer: ({ params }) => ({ body: view(RED, pool, params['key'] ?? '') }),
    },
    {
      method: 'post',
      path: '/connections/:key/test',
      permission: 'connection-pool.write',
      answer: async ({ params }) => {
        const { key } = view(RED, pool, params['key'] ?? '');
        return { body: testAnswer(await pool.test(key, TEST_TIMEOUT_MILLIS)) };
      },
    },
    ...ACTIONS.map(
      (action): AdminRoute => ({
        method: 'post',
        path: `/connections/:key/${action}`,
        permission: 'connection-pool.write',
        answer: async ({ params }: RouteRequest) => {
          // The whole key: what begins like it may come meanwhile.
          const { key } = view(RED, pool, params['key'] ?? '');
          await pool[action](key);
          return { body: view(RED, pool, key) };
        },
      }),
    ),
  ];
}

/** That settings don't work is an answer, not an error of the request. */
export function testAnswer(result: TestResult) {
  if (result.ok) return result;
  const { ok, millis, steps, failed, error } = result;
  return { ok, millis, steps, failed, error: { code: error.code, message: error.message } };
}

/** @throws PoolError `CONNECTION_UNKNOWN` or `CONNECTION_AMBIGUOUS` */
function view(RED: Pick<AdminRuntime, 'nodes'>, pool: Pool, key: string): ConnectionView {
  const found = pool.find(key);
  if (found) return connectionView(found, new FlowNames(RED));
  throw new PoolError(
    'CONNECTION_UNKNOWN',
    t`There is no connection with this key; it may have been closed meanwhile.`,
  );
}
