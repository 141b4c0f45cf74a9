/** Which connections are shown, and in what order. */
import type { LiveDetails } from '../../runtime/live/live-message.js';
import type { Connection } from './connections.mjs';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export const ORDERS = ['problems', 'name', 'traffic', 'nodes'] as const;
export type Order = (typeof ORDERS)[number];

/** How something is: works, is under way, doesn't work, or is meant not to. */
export type Tone = 'good' | 'busy' | 'bad' | 'off';

export function toneOf({ condition }: Pick<Connection, 'condition'>): Tone {
  switch (condition) {
    case 'connected':
      return 'good';
    case 'connecting':
      return 'busy';
    case 'waiting':
    case 'refused':
      return 'bad';
    case 'paused':
    case 'idle':
    case 'closing':
    case 'closed':
      return 'off';
  }
}

/** What people call it: the names of its profiles, or its address. */
export function titleOf({ profiles, address }: Pick<Connection, 'profiles' | 'address'>): string {
  const names = profiles.flatMap(({ name }) => (name ? [name] : []));
  return names.length === 0 ? address : [...new Set(names)].join(', ');
}

/** Messages a second, both ways. */
export function trafficOf({ rates }: Pick<Connection, 'rates'>): number {
  return rates.messagesIn + rates.messagesOut;
}

/**
 * Every word of the search is in what is known of the connection, the nodes and subscriptions of an opened row, too.
 * @param said words that the row shows and the connection hasn't, such as the name of its state
 */
export function matches(
  connection: Connection,
  details: LiveDetails | undefined,
  search: string,
  said: readonly string[] = [],
): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { type, address, profiles, reason, key } = connection;
  const nodes = details?.nodes.flatMap(({ id, name, type: nodeType, flow }) => [id, name, nodeType, flow?.label]) ?? [];
  const filters = details?.subscriptions.map(({ filter }) => filter) ?? [];
  const names = profiles.flatMap(({ id, name }) => [id, name]);
  const known = [type, address, key, reason?.message, reason?.code, ...names, ...nodes, ...filters, ...said];
  const haystack = known.filter(Boolean).join('\n').toLowerCase();
  return words.every((word) => haystack.includes(word));
}

/** Equal ones by title, then by key, so that nothing changes places without a reason. */
export function arranged(connections: readonly Connection[], order: Order): readonly Connection[] {
  const rank = ranks[order];
  return connections
    .map((connection) => ({ connection, rank: rank(connection), title: titleOf(connection) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        collator.compare(a.title, b.title) ||
        (a.connection.key < b.connection.key ? -1 : Number(a.connection.key > b.connection.key)),
    )
    .map(({ connection }) => connection);
}

const tones: readonly Tone[] = ['bad', 'busy', 'off', 'good'];

const ranks: Readonly<Record<Order, (connection: Connection) => number>> = {
  problems: (connection) => tones.indexOf(toneOf(connection)),
  name: () => 0,
  traffic: (connection) => -trafficOf(connection),
  nodes: ({ nodes }) => -nodes,
};
