/**
 * What the environment says: `${NAME}` and `${NAME:-default}` inside values, and overrides of single properties such
 * as `CONNECTION__MQTT__CLOUD__SERVER`, for containers.
 */
import type { RawEntry } from './raw-entries';
import { problem, type ProfileProblem } from './problem';
import { t } from '../../core/wording';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text with its variables filled in, or why it can't be: one is not set and has no default, or is none at all. */
export type Expansion = { readonly text: string } | { readonly missing: string } | { readonly malformed: true };

/** Defaults within defaults. */
const MAXIMUM_DEFAULTS = 16;

/** `$${` stands for `${` itself. A default may have variables; what a variable brings is not looked through again. */
export function expandVariables(text: string, environment: Environment, depth = 0): Expansion {
  let expanded = '';
  let at = 0;
  for (let open = text.indexOf('${'); open >= 0; open = text.indexOf('${', at)) {
    if (open > at && text[open - 1] === '$') {
      expanded += `${text.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }
    const end = closing(text, open + 2);
    const [, name, fallback] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(text.slice(open + 2, Math.max(end, open))) ?? [];
    if (end < 0 || name === undefined || depth > MAXIMUM_DEFAULTS) return { malformed: true };
    expanded += text.slice(at, open);
    at = end + 1;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    // As in a shell: ":-" stands in for a variable that is empty, too.
    if (value !== undefined && (value !== '' || fallback === undefined)) {
      expanded += value;
      continue;
    }
    if (fallback === undefined) return { missing: name };
    const inner = expandVariables(fallback, environment, depth + 1);
    if (!('text' in inner)) return inner;
    expanded += inner.text;
  }
  return { text: expanded + text.slice(at) };
}

/** Where the `}` of a variable is; -1 if there is none. */
function closing(text: string, from: number): number {
  let open = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith('${', index)) open += 1;
    else if (text[index] === '}') open -= 1;
    if (open === 0) return index;
  }
  return -1;
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
      const text = t`${variable} may mean ${ids}; it is used for none. Write the id exactly.`;
      problems.push(problem('PROFILE_ENVIRONMENT', ENVIRONMENT_PLACE, text));
      continue;
    }
    const found = exact ?? candidates[0];
    const own = id === id.toUpperCase() ? id.toLowerCase() : id;
    if (!found && entries.some((entry) => entry.id === own)) {
      const text = t`${variable} names "${own}", which is of another type; it is not used.`;
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
