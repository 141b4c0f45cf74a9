/** What the server answers about streams, taken apart. Replies come in the shapes of RESP2 or, for maps, flat. */
import type { RedisReply } from '../session';

export interface StreamEntry {
  readonly id: string;
  /** Undefined if the entry is pending and has been deleted from the stream. */
  readonly fields: readonly Buffer[] | undefined;
}

/** One row of XPENDING. */
export interface PendingRow {
  readonly id: string;
  readonly consumer: string;
  readonly idleMillis: number;
  readonly deliveries: number;
}

/** The entries that XREAD or XREADGROUP brought for each key. */
export function entriesByKey(reply: RedisReply | undefined): [key: string, entries: RedisReply[]][] {
  if (!Array.isArray(reply)) return [];
  const pairs = Array.isArray(reply[0]) ? reply : pairsOf(reply);
  return pairs.flatMap((pair): [string, RedisReply[]][] => {
    if (!Array.isArray(pair)) return [];
    const [key, entries] = pair;
    return [[textOf(key), Array.isArray(entries) ? entries : []]];
  });
}

/** The entries of the only key of a read. */
export function entriesOf(reply: RedisReply | undefined): StreamEntry[] {
  return entriesIn(entriesByKey(reply)[0]?.[1]);
}

/** The entries in a list of them, such as XCLAIM answers with. */
export function entriesIn(list: RedisReply | undefined): StreamEntry[] {
  if (!Array.isArray(list)) return [];
  const entries: StreamEntry[] = [];
  for (const entry of list) {
    if (!Array.isArray(entry)) continue;
    const [id, fields] = entry;
    entries.push({ id: textOf(id), fields: Array.isArray(fields) ? (fields as Buffer[]) : undefined });
  }
  return entries;
}

export function pendingRows(reply: RedisReply): PendingRow[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((row) => {
    if (!Array.isArray(row)) return [];
    const [id, consumer, idle, deliveries] = row;
    return [{ id: textOf(id), consumer: textOf(consumer), idleMillis: Number(idle), deliveries: Number(deliveries) }];
  });
}

/** A field of a reply that is a map, such as those of XINFO. */
export function fieldOf(reply: RedisReply | undefined, name: string): RedisReply | undefined {
  if (!Array.isArray(reply)) return undefined;
  for (let at = 0; at + 1 < reply.length; at += 2) {
    if (textOf(reply[at]) === name) return reply[at + 1];
  }
  return undefined;
}

export function textOf(value: RedisReply | undefined): string {
  if (Buffer.isBuffer(value)) return value.toString();
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Bytes of an entry's fields and values. */
export function sizeOf({ fields }: StreamEntry): number {
  let bytes = 0;
  if (fields) for (const field of fields) bytes += field.length;
  return bytes;
}

function pairsOf(flat: readonly RedisReply[]): RedisReply[][] {
  const pairs: RedisReply[][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? null, flat[at + 1] ?? null]);
  return pairs;
}
