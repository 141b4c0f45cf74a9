/**
 * Which filters go into which SUBSCRIBE packet. With MQTT 5 a packet has one subscription identifier for all its
 * filters (MQTT 5.0, 3.8.2.1.2); filters that no topic can match together may share one, because identifier and topic
 * then still name a single filter. So many filters go in few packets, and overlapping ones stay apart.
 */
import type { Qos } from './profile';
import type { FilterEntry } from './subscriber';
import { TopicTree } from './topic-tree';

/** The options of one filter in a SUBSCRIBE (MQTT 5.0, 3.8.3.1). */
export interface WireOptions {
  readonly qos: Qos;
  readonly nl: boolean;
  readonly rap: boolean;
  readonly rh: 0 | 2;
}

export interface PlannedFilter {
  readonly entry: FilterEntry;
  readonly options: WireOptions;
}

export interface PlannedPacket {
  readonly filters: PlannedFilter[];
  readonly options: WireOptions;
}

interface OpenPacket extends PlannedPacket {
  /** Filters with wildcards in the packet; undefined where overlaps don't matter or can't be. */
  readonly tree: TopicTree<true> | undefined;
}

/** How many packets are looked through for one that has room for a wildcard filter. */
const PACKETS_TRIED = 32;

/**
 * Groups filters into packets.
 *
 * @param apart whether overlapping filters must not share a packet (subscription identifiers are in use)
 * @param perPacket how many filters a packet may have
 */
export function planPackets(filters: readonly PlannedFilter[], apart: boolean, perPacket: number): PlannedPacket[] {
  const open = new Map<string, OpenPacket[]>();
  const packets: PlannedPacket[] = [];
  for (const planned of filters) {
    const wildcard = apart && planned.entry.filter.hasWildcard;
    const shared = apart && planned.entry.filter.share !== undefined;
    const group = `${optionsKey(planned.options)}${wildcard ? 'w' : ''}${shared ? 's' : ''}`;
    const candidates = open.get(group) ?? [];
    let packet = candidates.find((candidate) => hasRoom(candidate, planned, perPacket));
    if (!packet) {
      packet = { filters: [], options: planned.options, tree: wildcard || shared ? new TopicTree() : undefined };
      candidates.unshift(packet);
      open.set(group, candidates.slice(0, PACKETS_TRIED));
      packets.push(packet);
    }
    packet.filters.push(planned);
    packet.tree?.set(planned.entry.filter.levels, true);
  }
  return packets;
}

function hasRoom(packet: OpenPacket, planned: PlannedFilter, perPacket: number): boolean {
  return packet.filters.length < perPacket && !packet.tree?.overlaps(planned.entry.filter.levels);
}

function optionsKey({ qos, nl, rap, rh }: WireOptions): string {
  return `${qos}${nl ? 'n' : ''}${rap ? 'p' : ''}${rh}`;
}
