/**
 * What the environment says: `${NAME}` and `${NAME:-default}` inside values, and overrides of single properties such
 * as `CONNECTION__MQTT__CLOUD__SERVER`, for containers.
 */
import type { RawEntry } from './raw-entries';
import { problem, type ProfileProblem } from './problem';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text with its variables filled in, or the name of one that is not set and has no default. */
export type Expansion = { readonly text: string } | { readonly missing: string };

/** `$${` stands for `${` itself. What a variable brings is not looked through again. */
export function expandVariables(text: string, environment: Environment): Expansion {
  let missing: string | undefined;
  const expanded = text.replaceAll(
    /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_whole, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return '${';
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      // As in a shell: ":-" stands in for a variable that is empty, too.
      if (value !== undefined && (value !== '' || fallback === undefined)) return value;
      if (fallback === undefined) missing ??= name;
      return fallback ?? '';
    },
  );
  return missing === undefined ? { text: expanded } : { missing };
}

/** The overrides of one entry: property name (as the variable writes it, any case) to value, and the variable. */
export type Overrides = ReadonlyMap<string, { readonly value: string; readonly variable: string }>;

interface Override {
  readonly type: string;
  readonly id: string;
  readonly property: string;
  readonly value: string;
  readonly variable: string;
}

/** Where overridden entries come from that no file defines. */
export const ENVIRONMENT_PLACE = { file: 'environment' };

export interface Overridden {
  readonly entries: readonly RawEntry[];
  readonly problems: readonly ProfileProblem[];
  overridesOf(id: string): Overrides;
}

const NONE: Overrides = new Map();

/**
 * Applies `CONNECTION__<TYPE>__<ID>__<PROPERTY>`, in any case, to the entries of the files. An id that no file knows
 * becomes an entry of its own; in all capitals, it is taken for lower case, since that is how variables are written.
 */
export function applyOverrides(
  entries: readonly RawEntry[],
  environment: Environment,
  types: readonly string[],
): Overridden {
  const problems: ProfileProblem[] = [];
  const byId = new Map<string, Map<string, { value: string; variable: string }>>();
  const added = new Map<string, RawEntry>();
  for (const override of readOverrides(environment, types)) {
    const { id, type, variable } = override;
    const candidates = entries.filter((entry) => entry.type === type && sameId(entry.id, id));
    const exact = candidates.find((entry) => entry.id === id);
    if (!exact && candidates.length > 1) {
      const ids = candidates.map((entry) => `"${entry.id}"`).join(', ');
      const text = `${variable} may mean ${ids}; it is used for none. Write the id exactly.`;
      problems.push(problem('PROFILE_ENVIRONMENT', ENVIRONMENT_PLACE, text));
      continue;
    }
    const found = exact ?? candidates[0];
    const own = id === id.toUpperCase() ? id.toLowerCase() : id;
    if (!found && entries.some((entry) => entry.id === own)) {
      const text = `${variable} names "${own}", which is of another type; it is not used.`;
      problems.push(problem('PROFILE_ENVIRONMENT', ENVIRONMENT_PLACE, text));
      continue;
    }
    const target = found?.id ?? own;
    if (!found) added.set(target, { id: target, type, place: ENVIRONMENT_PLACE, properties: new Map() });
    const overrides = byId.get(target) ?? new Map<string, { value: string; variable: string }>();
    overrides.set(override.property, { value: override.value, variable });
    byId.set(target, overrides);
  }
  return {
    entries: [...entries, ...added.values()],
    problems,
    overridesOf: (id) => byId.get(id) ?? NONE,
  };
}

/** `__` may be part of an id, but not of a type or a property. */
function* readOverrides(environment: Environment, types: readonly string[]): Generator<Override> {
  for (const [variable, value] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = /^connection__([a-z0-9]+)__(.+)__([a-z0-9_]+?)$/i.exec(variable);
    const [, type = '', written = '', property = ''] = parts ?? [];
    // Credentials of an EdgeX bus stand one level deeper in its files.
    const id = type.toLowerCase() === 'edgex' ? written.replace(/__optional$/i, '') : written;
    if (value === undefined || !types.includes(type.toLowerCase())) continue;
    yield { type: type.toLowerCase(), id, property, value, variable };
  }
}

/** Variables have letters, digits and underscores only: every other character of an id is written as `_`. */
function sameId(id: string, written: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
  return id === written || plain(id) === plain(written);
}
