/** What a route of the admin API is: a table of these is served, and compared with the OpenAPI document by a test. */
import type { NodeAPI } from 'node-red';

/** All routes are below this, under Node-RED's admin root. */
export const PREFIX = '/connection-pool';

/** What the routes need of `RED`. */
export type AdminRuntime = Pick<NodeAPI, 'auth' | 'events' | 'httpAdmin' | 'log' | 'nodes' | 'settings' | 'util'>;

export type Permission = 'connection-pool.read' | 'connection-pool.write';

export interface RouteRequest {
  /** The variable parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Checked to be a JSON object without dangerous keys; empty for a route without a body. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RouteAnswer {
  /** @default 200 */
  readonly status?: number;
  /** JSON; none with status 204. */
  readonly body?: unknown;
}

export interface AdminRoute {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below `PREFIX`, with `:name` for a part that varies. */
  readonly path: string;
  readonly permission: Permission;
  /** Whether a JSON object is expected. @default false */
  readonly takesBody?: boolean;
  /** @throws PoolError or ApiError, which become a status and `{ error: { code, message } }` */
  answer(request: RouteRequest): RouteAnswer | Promise<RouteAnswer>;
}
