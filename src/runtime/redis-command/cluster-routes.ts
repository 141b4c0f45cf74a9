/**
 * Where a scan of all keys has to go: SCAN tells the keys of one server, so that in a cluster every master is asked. As
 * the connection chooses the server by the keys of a command, each is reached by a key that belongs to it: SCAN then runs
 * in a script, which has such a key and never uses it.
 */
import { PoolError } from '../../core/errors';
import type { RedisCommand, RedisReply, RedisSession, SendOptions } from '../../drivers/redis/session';
import { SLOTS, slotOf } from './cluster-slot';
import { t } from '../../core/wording';

/** A key that belongs to a master; undefined for a server that is no cluster. */
export type Route = string | undefined;

type RoutesCallback = (error: PoolError | undefined, routes?: readonly Route[]) => void;

const SCAN_SCRIPT = "return redis.call('SCAN', unpack(ARGV))";

/** Calls back once, with a route to each master of a cluster, or the one without a key. */
export function findRoutes(session: RedisSession, options: SendOptions, callback: RoutesCallback): void {
  if (session.server) return routesOf(session, options, callback);
  // Before there is a connection nobody knows what is at the other end.
  session.send({ name: 'PING', args: [] }, options, (error) => {
    if (error) callback(error);
    else routesOf(session, options, callback);
  });
}

/** The command that does there what SCAN does with a single server. */
export function routed({ args }: RedisCommand, route: Route): RedisCommand {
  if (route === undefined) return { name: 'SCAN', args };
  return { name: 'EVAL', args: [SCAN_SCRIPT, '1', route, ...args] };
}

function routesOf(session: RedisSession, options: SendOptions, callback: RoutesCallback): void {
  if (session.server?.mode !== 'cluster') return callback(undefined, [undefined]);
  session.send({ name: 'CLUSTER', args: ['SLOTS'] }, options, (error, reply = null) => {
    if (error) return callback(error);
    const routes = [...slotsOfMasters(reply).values()].flatMap((slots) => keyWithin(slots) ?? []);
    if (routes.length > 0) callback(undefined, routes);
    else callback(new PoolError('REDIS_CLUSTERDOWN', t`The cluster names no master with slots; check its nodes.`));
  });
}

/** The slots of each master by its id, from the reply to CLUSTER SLOTS. */
export function slotsOfMasters(reply: RedisReply): ReadonlyMap<string, ReadonlySet<number>> {
  const masters = new Map<string, Set<number>>();
  for (const range of Array.isArray(reply) ? reply : []) {
    if (!Array.isArray(range)) continue;
    const [first, last, master] = range;
    if (typeof first !== 'number' || typeof last !== 'number' || !Array.isArray(master)) continue;
    // Servers before Redis 4 have no ids.
    const id = String(master[2] ?? `${String(master[0])}:${String(master[1])}`);
    const slots = masters.get(id) ?? new Set<number>();
    for (let slot = first; slot <= last; slot += 1) slots.add(slot);
    masters.set(id, slots);
  }
  return masters;
}

/** A key in one of these slots: even for a single slot it is found within some thousand tries. */
function keyWithin(slots: ReadonlySet<number>): string | undefined {
  for (let tries = 0; tries < SLOTS * 50; tries += 1) {
    const key = `scan:${tries}`;
    if (slots.has(slotOf(key))) return key;
  }
  return undefined;
}
