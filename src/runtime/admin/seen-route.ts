/** `seen`: names that passed over the connections of a profile, which the dialogs of the editor suggest. */
import { getPool } from '../process-pool';
import { isPlainObject, readText } from '../settings-readers';
import { SEEN_KINDS, type SeenKind, suggest } from '../seen-names/suggestions';
import { ApiError } from './api-error';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';
import { t } from '../../core/wording';

const MOST = 200;
const USUAL = 50;

export function seenRoutes(RED: Pick<AdminRuntime, 'nodes'>): readonly AdminRoute[] {
  return [
    {
      method: 'get',
      path: '/seen',
      permission: 'connection-pool.read',
      answer: ({ query }) => {
        const kind = readKind(query);
        const limit = readLimit(query);
        const { id, base } = carrier(RED, text(query, 'profile', true), text(query, 'complete') === 'true');
        const seen = getPool().seen((profile) => profile === id || aliasOf(RED, profile) === id);
        return { body: suggest(seen, kind, { typed: text(query, 'starts'), limit, base }) };
      },
    },
  ];
}

/** The profile whose connection carries the messages: of EdgeX, that of its bus; and the base of its topics. */
function carrier({ nodes }: Pick<AdminRuntime, 'nodes'>, id: string, complete: boolean) {
  let found: unknown;
  nodes.eachNode((node) => {
    if (node.id === id) found = node;
  });
  if (!isPlainObject(found) || found['type'] !== 'pool-edgex-profile') return { id, base: undefined };
  const bus = readText(found, 'bus') === 'redis' ? 'redisProfile' : 'mqttProfile';
  const base = readText(found, 'base').replace(/^\/+|\/+$/g, '') || 'edgex';
  return { id: readText(found, bus), base: complete ? '' : base };
}

/** The profile in a subflow that one of an instance was made from. */
function aliasOf({ nodes }: Pick<AdminRuntime, 'nodes'>, id: string): unknown {
  return (nodes.getNode(id) as { readonly _alias?: unknown } | null)?._alias;
}

/** @throws ApiError `QUERY_INVALID` */
function text(query: RouteRequest['query'], name: string, needed = false): string {
  const { [name]: value = '' } = query;
  if (typeof value !== 'string') throw invalid(t`"${name}" must be given once.`);
  if (needed && value === '') throw invalid(t`"${name}" must not be empty.`);
  return value;
}

function readKind(query: RouteRequest['query']): SeenKind {
  const given = text(query, 'kind', true);
  const known = SEEN_KINDS.find((kind) => kind === given);
  if (known) return known;
  throw invalid(t`"kind" must be one of ${SEEN_KINDS.join(', ')}.`);
}

function readLimit(query: RouteRequest['query']): number {
  const given = text(query, 'limit');
  if (given === '') return USUAL;
  const limit = Number(given);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw invalid(t`"limit" must be a whole number from 1 to ${MOST}.`);
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'QUERY_INVALID', message);
}
