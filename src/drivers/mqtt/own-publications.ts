/**
 * "No local" for one node of a filter that others want in full: the broker sends back what this connection published,
 * and the entry counts it by topic and payload. Two publications with equal topic and payload are interchangeable, so
 * counting tells exactly how many of them were the connection's own.
 */
import { audienceOf } from './filter-cover';
import type { FilterEntry } from './subscriber';

/** Publications remembered per entry; what never comes back (refused, expired) makes room for the next. */
const REMEMBERED = 10_000;

/** Starts or stops counting for an entry; returns whether it counts now. */
export function countOwnIfNeeded(entry: FilterEntry, version: 3 | 4 | 5): boolean {
  const { broker } = entry;
  const some = version === 5 && [...entry.subscribers].some(({ noLocal }) => noLocal);
  const sent = (broker.kind === 'active' || broker.kind === 'pending') && !broker.noLocal;
  const counts = some && (sent || entry.coveredBy !== undefined || !audienceOf(entry).every(({ noLocal }) => noLocal));
  if (counts) entry.own ??= new Map();
  else entry.own = undefined;
  return counts;
}

export function rememberOwn(entry: FilterEntry, topic: string, payload: string | Buffer): void {
  const own = entry.own;
  if (!own) return;
  if (own.size >= REMEMBERED) own.clear();
  const key = publicationKey(topic, payload);
  own.set(key, (own.get(key) ?? 0) + 1);
}

/** Whether a received publication is one of the connection's own, and if so counts it as come back. */
export function takeOwn(entry: FilterEntry, topic: string, payload: Buffer): boolean {
  const own = entry.own;
  if (!own || own.size === 0) return false;
  const key = publicationKey(topic, payload);
  const count = own.get(key);
  if (count === undefined) return false;
  if (count > 1) own.set(key, count - 1);
  else own.delete(key);
  return true;
}

function publicationKey(topic: string, payload: string | Buffer): string {
  return `${topic}\n${typeof payload === 'string' ? Buffer.from(payload).toString('base64') : payload.toString('base64')}`;
}
