/** Durations, sizes and rates, cut to what one takes in at a glance. */

export interface Duration {
  readonly unit: 'seconds' | 'minutes' | 'hours' | 'days';
  readonly count: number;
}

const units: readonly (readonly [Duration['unit'], number])[] = [
  ['days', 24 * 60 * 60_000],
  ['hours', 60 * 60_000],
  ['minutes', 60_000],
];

/** In the largest unit that there is one of, rounded down; negative ones are 0 s. */
export function duration(millis: number): Duration {
  const found = units.find(([, size]) => millis >= size);
  if (found) return { unit: found[0], count: Math.floor(millis / found[1]) };
  return { unit: 'seconds', count: Math.max(0, Math.floor(millis / 1000)) };
}

/** Until something: rounded up, so that it ends with 1 s and not with a second of 0 s. */
export function remaining(millis: number): Duration {
  return duration(Math.ceil(millis / 1000) * 1000);
}

export interface Size {
  readonly value: number;
  readonly unit: 'B' | 'kB' | 'MB' | 'GB';
}

/** Bytes in units of a thousand. */
export function size(bytes: number): Size {
  const sizes = ['B', 'kB', 'MB', 'GB'] as const;
  let value = bytes;
  let index = 0;
  while (value >= 999.5 && index < sizes.length - 1) {
    value /= 1000;
    index += 1;
  }
  return { value, unit: sizes[index] ?? 'GB' };
}

/** How many digits after the point: 0.04, 3.2, 47. */
export function digitsFor(value: number): number {
  if (value === 0 || value >= 9.95) return 0;
  return value < 0.095 ? 2 : 1;
}

/** The line of a history: a point for each sample, the latest at the right edge. Empty with fewer than two samples. */
export function linePoints(history: readonly number[], slots: number, width: number, height: number): string {
  if (history.length < 2) return '';
  const top = Math.max(...history, 0) || 1;
  const first = slots - history.length;
  return history
    .map((value, index) => {
      const x = ((first + index) * width) / (slots - 1);
      const y = height - (Math.max(0, value) / top) * height;
      return `${rounded(x)},${rounded(y)}`;
    })
    .join(' ');
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
