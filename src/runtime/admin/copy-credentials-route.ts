/**
 * `copy-credentials`: moving a node over to a profile with an id of its own takes its credentials along. They go to an id
 * that is not deployed and has none, so nothing is overwritten; Node-RED forgets them if the next deploy has no such node.
 */
import { t } from '../../core/wording';
import { ApiError } from './api-error';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';

const TYPES = ['pool-mqtt-profile', 'mqtt-broker'];

export function copyCredentialsRoutes({ nodes }: Pick<AdminRuntime, 'nodes'>): readonly AdminRoute[] {
  return [
    {
      method: 'post',
      path: '/copy-credentials',
      permission: 'connection-pool.write',
      takesBody: true,
      answer: async ({ body }) => {
        const from = readId(body, 'from');
        const to = readId(body, 'to');
        const types = new Map<string, string>();
        nodes.eachNode(({ id, type }) => {
          types.set(id, type);
        });
        const credentials = nodes.getCredentials(from) as object | null;
        if (!TYPES.includes(types.get(from) ?? '') || !credentials) {
          throw new ApiError(
            404,
            'CREDENTIALS_UNKNOWN',
            t`There is no profile or broker with the id "${from}" that has credentials.`,
          );
        }
        if (types.has(to) || nodes.getCredentials(to)) {
          throw new ApiError(
            409,
            'CREDENTIALS_EXIST',
            t`The node "${to}" is deployed, or has credentials: they are not replaced.`,
          );
        }
        await nodes.addCredentials(to, { ...credentials });
        return { status: 204 };
      },
    },
  ];
}

/** @throws ApiError `BODY_INVALID` */
function readId(body: RouteRequest['body'], name: string): string {
  const id = body[name];
  if (typeof id === 'string' && /^[\w.-]{1,64}$/.test(id)) return id;
  throw new ApiError(400, 'BODY_INVALID', t`"${name}" must be the id of a node.`);
}
