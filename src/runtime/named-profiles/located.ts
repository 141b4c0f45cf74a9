/** Values of a profile file with the place each was written at, so that an error can say where to correct it. */

/** Where something was written: a file with line and column (from 1), or the name of what stands for a file. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Located {
  readonly place: Place;
  /** Text, number, boolean or null; undefined for maps and lists. */
  readonly scalar?: string | number | boolean | null;
  /** A scalar as it was written: `0123` is a number, but may have been meant as text. */
  readonly source?: string;
  /** Set for maps. Keys are what a file says: never copy them onto an object without `Object.fromEntries`. */
  readonly members?: ReadonlyMap<string, Located>;
  /** Set for lists. */
  readonly items?: readonly Located[];
}

/** Keys that are dangerous as property names; they are dropped. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** `connections/site.yaml:3:5`, or the file alone. */
export function showPlace({ file, line, column }: Place): string {
  return line === undefined ? file : `${file}:${line}:${column ?? 1}`;
}

/** The value without its places. Keys such as `__proto__` are left out. */
export function plainValue(located: Located): unknown {
  const { members, items } = located;
  if (members) {
    const entries = [...members].filter(([key]) => !UNSAFE_KEYS.has(key));
    return Object.fromEntries(entries.map(([key, value]) => [key, plainValue(value)]));
  }
  return items ? items.map(plainValue) : located.scalar;
}

/** A JavaScript value, of settings.js or of an API, with one place for all of it. */
export function locate(value: unknown, place: Place, depth = 0): Located {
  if (depth > 32) return { place, scalar: null };
  if (Array.isArray(value)) return { place, items: value.map((item) => locate(item, place, depth + 1)) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== 'function');
    return { place, members: new Map(entries.map(([key, item]) => [key, locate(item, place, depth + 1)])) };
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { place, scalar: value, source: String(value) };
  }
  return { place, scalar: null };
}
