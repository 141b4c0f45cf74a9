/**
 * Without subscription identifiers: which filters are subscribed in place of which. Only filters that no other covers go
 * to the broker, so that it has nothing to duplicate.
 */
import type { FilterIndex } from './filter-index';
import type { Qos } from './profile';
import type { FilterEntry, Subscriber } from './subscriber';
import { filtersOverlap } from './topic-filter';

/** Decides anew after changes of the given entries, and returns all entries that are concerned. */
export function coverAgain(index: FilterIndex, changed: ReadonlySet<FilterEntry>): FilterEntry[] {
  const concerned = new Set(changed);
  const wide = [...changed].filter((entry) => entry.filter.hasWildcard);
  const mayChange = (entry: FilterEntry) =>
    changed.has(entry) || wide.some((one) => filtersOverlap(one.filter.levels, entry.filter.levels));
  for (const entry of wide.length > 0 ? index.entries : [...changed]) {
    if (!mayChange(entry)) continue;
    const before = entry.coveredBy;
    entry.coveredBy = entry.filter.share === undefined ? widest(index, entry) : undefined;
    if (entry.coveredBy !== before) {
      concerned.add(entry);
      before?.covers.delete(entry);
      entry.coveredBy?.covers.add(entry);
    }
    if (before) concerned.add(before);
    // What overlaps a changed filter may have to ask for another QoS.
    if (entry.filter.hasWildcard) concerned.add(entry);
    if (entry.coveredBy && (entry.coveredBy !== before || changed.has(entry))) concerned.add(entry.coveredBy);
  }
  return [...concerned].filter((entry) => index.has(entry));
}

/** The filter that covers an entry and is covered by none itself. */
function widest(index: FilterIndex, entry: FilterEntry): FilterEntry | undefined {
  const usable = (other: FilterEntry) => other.subscribers.size > 0 && other.broker.kind !== 'refused';
  const wider = index.covering(entry).filter((other) => other !== entry && usable(other));
  return wider.find((one) => index.covering(one).every((other) => other === one || !usable(other)));
}

/**
 * The highest QoS of all who hear through this filter. A broker may send one copy for several filters, at the QoS of any
 * of them; so filters that overlap ask for the same.
 */
export function highestQosAround(index: FilterIndex, entry: FilterEntry): Qos {
  let highest = highestQos(audienceOf(entry));
  if (entry.filter.share !== undefined) return highest;
  for (const other of index.wildcards) {
    if (other === entry || other.coveredBy || !filtersOverlap(entry.filter.levels, other.filter.levels)) continue;
    highest = Math.max(highest, highestQos(audienceOf(other))) as Qos;
  }
  return highest;
}

/**
 * The filters a broker may not keep apart from this one: they overlap, neither covers the other, or one of them is
 * shared. On a broker that sends one copy per subscription, their common messages arrive twice.
 */
export function inseparable(index: FilterIndex, entry: FilterEntry): string[] {
  const { share, levels } = entry.filter;
  const subscribed = entry.coveredBy ?? entry;
  const others: FilterEntry[] = [...(share === undefined ? index.shared : index.entries)];
  if (share === undefined) for (const other of index.wildcards) if (!other.coveredBy) others.push(other);
  return others
    .filter((other) => other !== subscribed && other.subscribers.size > 0)
    .filter((other) => filtersOverlap(levels, other.filter.levels))
    .map((other) => other.filter.text);
}

/** Everyone who hears through a filter: on itself, and on those it covers. */
export function audienceOf(entry: FilterEntry): Subscriber[] {
  return [entry, ...entry.covers].flatMap((member) => [...member.subscribers]);
}

export function highestQos(subscribers: readonly Subscriber[]): Qos {
  return subscribers.reduce<Qos>((highest, { qos }) => (qos > highest ? qos : highest), 0);
}
