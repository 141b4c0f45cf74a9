/** What the editor suggests while somebody types a topic, a channel or a key: names that connections of the profile have seen. */
import type { SeenNames } from '../../core/seen-names';
import { fromRedisChannel } from '../../edgex/topics';
import { edgexNames } from './edgex-names';
import { filtersFor } from './filters';

/** What can be asked for. */
export const SEEN_KINDS = [
  'topic',
  'filter',
  'channel',
  'list',
  'stream',
  'sorted-set',
  'key',
  'device',
  'deviceProfile',
  'source',
  'service',
] as const;

export type SeenKind = (typeof SEEN_KINDS)[number];

export interface Suggestions {
  /** Those that begin with what was typed first, each group in alphabetical order; filters by their levels. */
  readonly names: readonly string[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

/** All types of keys: a command may be for any of them. */
const KEYS = ['key', 'list', 'stream', 'sorted-set'];

/**
 * @param seen of each connection of the profile
 * @param typed what the field holds; upper and lower case are the same
 * @param base of an EdgeX profile, whose nodes name topics below it; empty for complete topics of EdgeX
 */
export function suggest(
  seen: readonly SeenNames[],
  kind: SeenKind,
  { typed, limit, base }: { readonly typed: string; readonly limit: number; readonly base?: string | undefined },
): Suggestions {
  switch (kind) {
    case 'topic':
      return matching(topics(seen, base), typed, limit);
    case 'filter':
      return cut(filtersFor(topics(seen, base), typed), limit);
    case 'key':
      return matching(union(seen, KEYS), typed, limit);
    case 'device':
    case 'deviceProfile':
    case 'source':
    case 'service':
      return matching(edgexNames(topics(seen, base), kind), typed, limit);
    case 'channel':
    case 'list':
    case 'stream':
    case 'sorted-set':
      return matching(union(seen, [kind]), typed, limit);
  }
}

function union(seen: readonly SeenNames[], kinds: readonly string[]): Set<string> {
  return new Set(seen.flatMap((one) => kinds.flatMap((kind) => [...one.of(kind)])));
}

/** On the Redis bus of EdgeX, topics are channels. */
function topics(seen: readonly SeenNames[], base: string | undefined): Set<string> {
  const all = union(seen, ['topic']);
  if (base === undefined) return all;
  for (const channel of union(seen, ['channel'])) all.add(fromRedisChannel(channel));
  if (base === '') return all;
  const below = [...all].filter((topic) => topic.startsWith(`${base}/`)).map((topic) => topic.slice(base.length + 1));
  return new Set(below);
}

function matching(names: ReadonlySet<string>, typed: string, limit: number): Suggestions {
  const sought = typed.toLowerCase();
  const beginning: string[] = [];
  const containing: string[] = [];
  for (const name of names) {
    const at = name.toLowerCase().indexOf(sought);
    if (at === 0) beginning.push(name);
    else if (at > 0) containing.push(name);
  }
  return cut([...beginning.sort(), ...containing.sort()], limit);
}

function cut(names: readonly string[], limit: number): Suggestions {
  return { names: names.slice(0, limit), more: names.length > limit };
}
