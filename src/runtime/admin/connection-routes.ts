/** `connections`: what the pool has, and what an operator may do to it. */
import { PoolError } from '../../core/errors';
import type { Pool } from '../../core/pool';
import { getPool } from '../process-pool';
import { type ConnectionView, connectionView } from './connection-view';
import { FlowNames } from './flow-names';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';

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

/** @throws PoolError `CONNECTION_UNKNOWN` or `CONNECTION_AMBIGUOUS` */
function view(RED: Pick<AdminRuntime, 'nodes'>, pool: Pool, key: string): ConnectionView {
  const found = pool.find(key);
  if (found) return connectionView(found, new FlowNames(RED));
  throw new PoolError('CONNECTION_UNKNOWN', 'There is no connection with this key; it may have been closed meanwhile.');
}
