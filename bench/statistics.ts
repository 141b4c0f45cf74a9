/** What makes figures of a noisy machine comparable: medians, ratios within a round, and changing order. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Divides round by round, so that what slows down a whole round cancels out. */
export function ratios(values: readonly number[], by: readonly number[]): number[] {
  return values.map((value, round) => value / (by[round] ?? Number.NaN));
}

/** Another order in each round, so that nothing is always measured right after the same neighbour. */
export function inTurn<T>(items: readonly T[], round: number): T[] {
  const first = round % items.length;
  const rotated = [...items.slice(first), ...items.slice(0, first)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}
