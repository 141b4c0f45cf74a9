/** The names of EdgeX in the topics of events: `events/device/<service>/<profile>/<device>/<source>`, without service in 2.x. */

export type EdgexNameKind = 'device' | 'deviceProfile' | 'source' | 'service';

/** Where a name stands, counted from the end. */
const FROM_END: Readonly<Record<EdgexNameKind, number>> = { source: 1, device: 2, deviceProfile: 3, service: 4 };
const LEVELS = { withService: 6, without: 5 };

/** @param topics below the base */
export function edgexNames(topics: Iterable<string>, kind: EdgexNameKind): Set<string> {
  const names = new Set<string>();
  for (const topic of topics) {
    const levels = topic.split('/');
    if (levels[0] !== 'events' || levels[1] !== 'device') continue;
    const fits = levels.length === LEVELS.withService || (levels.length === LEVELS.without && kind !== 'service');
    const name = fits ? decoded(levels.at(-FROM_END[kind])) : '';
    if (name !== '') names.add(name);
  }
  return names;
}

/** Names that would change the topic are percent-encoded in it. */
function decoded(level = ''): string {
  try {
    return decodeURIComponent(level);
  } catch {
    return level;
  }
}
