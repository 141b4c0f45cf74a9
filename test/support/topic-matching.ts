/** Topic matching written straight from MQTT 5.0, 4.7, for the stub broker and for expectations: slow and obvious. */

/** Whether a topic filter (without `$share/…/`) matches a topic name. */
export function matches(filter: string, topic: string): boolean {
  const filterLevels = filter.split('/');
  const topicLevels = topic.split('/');
  if (topic.startsWith('$') && (filterLevels[0] === '#' || filterLevels[0] === '+')) return false;
  for (const [index, level] of filterLevels.entries()) {
    if (level === '#') return true;
    const topicLevel = topicLevels[index];
    if (topicLevel === undefined) return false;
    if (level !== '+' && level !== topicLevel) return false;
    if (index === filterLevels.length - 1) return topicLevels.length === filterLevels.length;
    if (index === topicLevels.length - 1) return index === filterLevels.length - 2 && filterLevels[index + 1] === '#';
  }
  return false;
}

/** The group of a shared subscription and the filter behind it. */
export function parseShared(filter: string): { group: string | undefined; filter: string } {
  const [prefix, group, ...rest] = filter.split('/');
  return prefix === '$share' && rest.length > 0 ? { group, filter: rest.join('/') } : { group: undefined, filter };
}

/** Whether every topic the narrower filter matches is matched by the wider one. */
export function covers(wider: string, narrower: string): boolean {
  return coversLevels(wider.split('/'), narrower.split('/'));
}

/** Whether some topic is matched by both filters. */
export function overlap(one: string, other: string): boolean {
  return overlapLevels(one.split('/'), other.split('/'));
}

/** Whether two filters overlap without one covering the other, as `a/+` and `+/b` do. */
export function overlapPartially(one: string, other: string): boolean {
  return overlap(one, other) && !covers(one, other) && !covers(other, one);
}

function coversLevels(wider: readonly string[], narrower: readonly string[]): boolean {
  const [wide, ...widerRest] = wider;
  const [narrow, ...narrowerRest] = narrower;
  if (wide === '#') return true;
  if (wide === undefined || narrow === undefined) return wide === narrow;
  if (narrow === '#' || (narrow === '+' && wide !== '+')) return false;
  return (wide === '+' || wide === narrow) && coversLevels(widerRest, narrowerRest);
}

function overlapLevels(one: readonly string[], other: readonly string[]): boolean {
  const [a, ...oneRest] = one;
  const [b, ...otherRest] = other;
  if (a === '#' || b === '#') return true;
  if (a === undefined || b === undefined) return a === b;
  return (a === '+' || b === '+' || a === b) && overlapLevels(oneRest, otherRest);
}
