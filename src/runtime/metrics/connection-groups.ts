/**
 * Which connections have series of their own. Labels must not grow without bounds: beyond a limit, connections are
 * counted together, for each type as one called "other".
 */
import type { ConnectionSnapshot } from '../../core/snapshot';
import type { Labels } from './exposition';

/** Connections with series of their own, at most. */
export const MAX_CONNECTIONS = 200;
const HASH_DIGITS = 12;
const OWNER_LENGTH = 16;
const OTHER = 'other';

/** Connections that share their labels: nearly always one. */
export interface ConnectionGroup {
  readonly labels: Labels;
  readonly members: readonly ConnectionSnapshot[];
}

/** The oldest connections come first, so that which of them are counted apart does not change with every new one. */
export function groupConnections(connections: readonly ConnectionSnapshot[]): ConnectionGroup[] {
  const groups = new Map<string, ConnectionGroup & { readonly members: ConnectionSnapshot[] }>();
  for (const [index, connection] of connections.entries()) {
    const { type } = connection;
    const labels =
      index < MAX_CONNECTIONS
        ? { type, address: connection.address, connection: shortKey(connection) }
        : { type, address: OTHER, connection: OTHER };
    const id = JSON.stringify(labels);
    const group = groups.get(id);
    if (group) group.members.push(connection);
    else groups.set(id, { labels, members: [connection] });
  }
  return [...groups.values()];
}

/** Enough of the key to tell connections apart, also those of dedicated nodes with equal settings. */
export function shortKey({ key, type }: Pick<ConnectionSnapshot, 'key' | 'type'>): string {
  const [hash = '', ...owner] = key.slice(type.length + 1).split(':');
  const short = hash.slice(0, HASH_DIGITS);
  return owner.length > 0 ? `${short}:${owner.join(':').slice(0, OWNER_LENGTH)}` : short;
}
