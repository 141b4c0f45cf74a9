/** Topic filters for topics that were seen: the topics themselves, what is below their levels, and what they have in common. */

/** Before a filter of a shared subscription. */
const SHARED = /^\$share\/[^/]+\//;

/** In the order of their levels, so that the first ones are those that lead to all others; then in alphabetical order. */
export function filtersFor(topics: Iterable<string>, typed: string): string[] {
  const [share = ''] = SHARED.exec(typed) ?? [];
  const levels = typed.slice(share.length).split('/');
  const last = (levels.pop() ?? '').toLowerCase();
  const found = new Set<string>();
  const alike = new Map<string, number>();
  for (const topic of topics) {
    const parts = topic.split('/');
    if (!continues(parts, levels, last)) continue;
    const rest = parts.slice(levels.length);
    if (last !== '+') addRest(found, levels, rest);
    // The server's own topics are matched by no wildcard at the beginning.
    if (levels.length === 0 && topic.startsWith('$')) continue;
    const open = [...levels, '+', ...rest.slice(1)].join('/');
    alike.set(open, (alike.get(open) ?? 0) + 1);
    if (last === '' || last === '#') found.add([...levels, '#'].join('/'));
  }
  for (const [filter, count] of alike) if (count > 1 || last === '+') found.add(filter);
  const depth = (filter: string) => filter.split('/').filter((level) => level !== '#').length;
  return [...found].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).map((filter) => share + filter);
}

function continues(parts: readonly string[], levels: readonly string[], last: string): boolean {
  if (levels.some((level, depth) => level !== '+' && level !== parts[depth])) return false;
  const next = parts[levels.length];
  if (next === undefined || levels.length >= parts.length) return false;
  return last === '+' || last === '#' || next.toLowerCase().startsWith(last);
}

/** The topic, and everything below each of its levels. */
function addRest(found: Set<string>, levels: readonly string[], rest: readonly string[]): void {
  found.add([...levels, ...rest].join('/'));
  for (let depth = 1; depth < rest.length; depth += 1) found.add([...levels, ...rest.slice(0, depth), '#'].join('/'));
}
