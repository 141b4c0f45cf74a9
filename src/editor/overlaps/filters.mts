/**
 * Which topic filters of one connection a broker may not keep apart, where it can't mark messages with the subscription they
 * are for (MQTT 3.1.1). Follows src/drivers/mqtt/filter-cover.ts: of filters without a group only those go to the broker
 * that no other covers, so that `a/#` and `a/b` are no trouble, but `a/+` and `+/b` may be.
 */

interface Filter {
  readonly text: string;
  /** Of a shared subscription. */
  readonly group: string | undefined;
  readonly levels: readonly string[];
}

/** For each filter that is concerned, the others that the same message may come for. */
export function inseparable(texts: Iterable<string>): Map<string, string[]> {
  const filters = [...new Set(texts)].map(parse);
  const shared = filters.filter(({ group }) => group !== undefined);
  const plain = filters.filter(({ group }) => group === undefined);
  const wide = plain.filter(({ levels }) => levels.includes('+') || levels.at(-1) === '#');
  const sent = new Set(wide.filter((one) => !wide.some((other) => other !== one && covers(other, one))));
  const found = new Map<string, string[]>();
  for (const one of filters) {
    // What one filter that covers it brings, comes once.
    const through = one.group !== undefined || sent.has(one) ? one : [...sent].find((other) => covers(other, one));
    const others = one.group === undefined ? [...shared, ...sent] : filters;
    const names = others.filter((other) => other !== one && other !== through && overlap(one.levels, other.levels));
    if (names.length > 0)
      found.set(
        one.text,
        names.map(({ text }) => text),
      );
  }
  return found;
}

function parse(text: string): Filter {
  const [, group, plain = text] = /^\$share\/([^/]+)\/(.*)$/s.exec(text) ?? [];
  return { text, group, levels: plain.split('/') };
}

/** Whether some topic matches both. The server's own topics (`$SYS/…`) are matched by no wildcard at the beginning. */
function overlap(one: readonly string[], other: readonly string[]): boolean {
  for (let depth = 0; ; depth += 1) {
    const [a, b] = [one[depth], other[depth]];
    if (a === '#' || b === '#') return depth > 0 || !(a === '#' ? b : a)?.startsWith('$');
    if (a === undefined || b === undefined) {
      const rest = a === undefined ? other : one;
      return rest.length === depth || (rest.length === depth + 1 && rest[depth] === '#');
    }
    if (a !== b && a !== '+' && b !== '+') return false;
    if (depth === 0 && a !== b && (a.startsWith('$') || b.startsWith('$'))) return false;
  }
}

/** Whether every topic that matches the narrow one matches the wide one, too. */
function covers({ levels: wide }: Filter, { levels: narrow }: Filter): boolean {
  for (let depth = 0; ; depth += 1) {
    const [a, b] = [wide[depth], narrow[depth]];
    if (a === '#') return depth > 0 || !b?.startsWith('$');
    if (a === undefined || b === undefined) return a === b;
    if (b === '#' || (a !== b && (a !== '+' || (depth === 0 && b.startsWith('$'))))) return false;
  }
}
