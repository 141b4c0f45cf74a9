/** Redis's patterns of channels: `?`, `*`, `[ae]`, `[^e]`, `[a-b]`, and `\` before what is meant as it is (PSUBSCRIBE). */

const [STAR, ANY, OPEN, CLOSE, NOT, RANGE, ESCAPE] = Buffer.from('*?[]^-\\');

/** Whether a channel matches a pattern, byte by byte as the server compares them. */
export function matchesGlob(pattern: string, channel: string): boolean {
  return matches(Buffer.from(pattern), Buffer.from(channel));
}

function matches(pattern: Buffer, text: Buffer): boolean {
  let at = 0;
  let place = 0;
  /** Behind the latest star, and where in the text the rest was tried last. */
  let star: { readonly at: number; place: number } | undefined;
  for (;;) {
    if (pattern[at] === STAR) {
      star = { at: at + 1, place };
      at += 1;
      continue;
    }
    if (place === text.length && at === pattern.length) return true;
    const next = place < text.length ? step(pattern, at, text[place] ?? 0) : undefined;
    if (next !== undefined) {
      at = next;
      place += 1;
    } else if (star && star.place < text.length) {
      star.place += 1;
      at = star.at;
      place = star.place;
    } else {
      return false;
    }
  }
}

/** Where the pattern goes on if its next element takes this byte. */
function step(pattern: Buffer, at: number, byte: number): number | undefined {
  const element = pattern[at];
  if (element === undefined) return undefined;
  if (element === ANY) return at + 1;
  if (element === OPEN) return stepSet(pattern, at + 1, byte);
  const literal = element === ESCAPE && at + 1 < pattern.length ? at + 1 : at;
  return pattern[literal] === byte ? literal + 1 : undefined;
}

/** A set that is not closed ends with the pattern. */
function stepSet(pattern: Buffer, begin: number, byte: number): number | undefined {
  const isNot = pattern[begin] === NOT;
  let at = isNot ? begin + 1 : begin;
  let isIn = false;
  for (; at < pattern.length && pattern[at] !== CLOSE; at += 1) {
    if (pattern[at] === ESCAPE && at + 1 < pattern.length) {
      at += 1;
      isIn ||= pattern[at] === byte;
    } else if (pattern[at + 1] === RANGE && at + 2 < pattern.length) {
      const [low = 0, high = 0] = [pattern[at] ?? 0, pattern[at + 2] ?? 0].sort((one, other) => one - other);
      isIn ||= byte >= low && byte <= high;
      at += 2;
    } else {
      isIn ||= pattern[at] === byte;
    }
  }
  return isIn === isNot ? undefined : Math.min(at + 1, pattern.length);
}
