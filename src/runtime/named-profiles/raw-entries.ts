/**
 * Which profiles a file defines, whatever of the known forms it has:
 *
 *     mqtt: { demo: { server: … } }                 eKuiper's connection.yaml: type, id, properties
 *     demo: { typ: mqtt, props: { server: … } }     by id; `type` and `properties` are understood, too
 *     - { id: demo, typ: mqtt, props: { … } }       a list, as eKuiper's REST API answers it, or one such object
 */
import type { Located, Place } from './located';
import { problem, type ProfileProblem } from './problem';
import { t } from '../../core/wording';

/** An entry as it stands in its file; nothing of it has been checked but its form. */
export interface RawEntry {
  readonly id: string;
  /** As known here, in lower case. */
  readonly type: string;
  readonly place: Place;
  /** By name as written. */
  readonly properties: ReadonlyMap<string, Located>;
}

export interface RawEntries {
  readonly entries: readonly RawEntry[];
  readonly problems: readonly ProfileProblem[];
  /** Why entries of these ids can't be read. */
  readonly broken: ReadonlyMap<string, ProfileProblem>;
  /** Something is no profile and doesn't say which one it was to be. */
  readonly holdsUnknown: boolean;
}

type Members = ReadonlyMap<string, Located>;

const ENVELOPE_KEYS: ReadonlySet<string> = new Set(['id', 'typ', 'type', 'props', 'properties', 'named']);
const LISTS = ['profiles', 'connections'] as const;
const MAXIMUM_ID_LENGTH = 200;

/** @param types the known connection types */
export function readEntries(roots: readonly Located[], types: readonly string[]): RawEntries {
  const reader = new EntryReader(types);
  for (const root of roots) reader.readRoot(root);
  return reader;
}

class EntryReader implements RawEntries {
  readonly entries: RawEntry[] = [];
  readonly problems: ProfileProblem[] = [];
  readonly broken = new Map<string, ProfileProblem>();
  holdsUnknown = false;
  readonly #types: readonly string[];

  constructor(types: readonly string[]) {
    this.#types = types;
  }

  readRoot(root: Located): void {
    const { members, items } = root;
    if (items) return this.#readList(items);
    if (!members) {
      if (root.scalar !== null) this.#wrong(root.place, t`The file holds no profiles: begin it with a type or an id.`);
      return;
    }
    const list = LISTS.map((name) => members.get(name)?.items).find((one) => one !== undefined);
    if (list && members.size === 1) return this.#readList(list);
    if (scalarText(members.get('id')) !== undefined && typeOf(members) !== undefined) return this.#readOne(root);
    for (const [key, value] of members) this.#readNamed(key, value);
  }

  #readList(items: readonly Located[]): void {
    for (const item of items) this.#readOne(item);
  }

  #readOne(item: Located): void {
    const id = scalarText(item.members?.get('id'));
    if (!item.members || id === undefined) {
      this.#wrong(item.place, t`An element of the list is no profile: it needs "id", "typ" and "props".`);
    } else {
      this.#readDefinition(id, item.members, item.place);
    }
  }

  #readNamed(key: string, value: Located): void {
    const type = key.toLowerCase();
    if (!value.members) {
      if (isTemplate(key) || (value.scalar === null && this.#types.includes(type))) return;
      if (this.#types.includes(type)) this.holdsUnknown = true;
      return this.#wrong(value.place, t`is no profile: it needs "type" and "props".`, key);
    }
    if (typeOf(value.members) !== undefined) return this.#readDefinition(key, value.members, value.place);
    if (isTemplate(key)) return;
    const groups = [...value.members.values()].every(({ members, scalar }) => members !== undefined || scalar === null);
    if (this.#types.includes(type)) {
      for (const [id, entry] of value.members) this.#readTyped(id, type, entry);
    } else if (groups && value.members.size > 0 && !value.members.has('props') && !value.members.has('properties')) {
      this.#unknownType(key, value.place, undefined, [...value.members.keys()]);
    } else {
      this.#wrong(value.place, t`has no type: add "type", one of ${this.#types.join(', ')}.`, key);
    }
  }

  /** An entry below its type. */
  #readTyped(id: string, type: string, entry: Located): void {
    if (!entry.members) return this.#wrong(entry.place, t`has no properties.`, id);
    const wrapped = entry.members.get('props') ?? entry.members.get('properties');
    this.#add({ id, type, place: entry.place, properties: wrapped?.members ?? entry.members });
  }

  #readDefinition(id: string, members: Members, place: Place): void {
    const type = typeOf(members)?.toLowerCase() ?? '';
    if (!this.#types.includes(type)) {
      return this.#unknownType(type, place, id);
    }
    const wrapped = members.get('props') ?? members.get('properties');
    if (wrapped && !wrapped.members) return this.#wrong(wrapped.place, t`has "props" that are no map.`, id);
    const flat = new Map([...members].filter(([key]) => !ENVELOPE_KEYS.has(key)));
    this.#add({ id, type, place, properties: wrapped?.members ?? flat });
  }

  #add(entry: RawEntry): void {
    const { id, place } = entry;
    if (id === '' || id.trim() !== id || id.length > MAXIMUM_ID_LENGTH || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(id)) {
      const text = t`An id must be text of at most 200 characters, in one line, without blanks at its ends.`;
      this.problems.push(problem('PROFILE_INVALID_ID', place, text));
      return;
    }
    // eKuiper's seed files may say so: this one is not to exist.
    if (scalarText(entry.properties.get('xOperation')) === 'delete') return;
    this.entries.push(entry);
  }

  /** @param ids of the entries below a type that is not known */
  #unknownType(type: string, place: Place, id?: string, ids: readonly string[] = []): void {
    const text = t`There is no connection type "${type}"; known: ${this.#types.join(', ')}.`;
    this.#told(problem('PROFILE_UNKNOWN_TYPE', place, text, { id }), id === undefined ? ids : [id]);
  }

  #wrong(place: Place, text: string, id?: string): void {
    if (id === undefined) this.holdsUnknown = true;
    this.#told(problem('PROFILE_INVALID_ENTRY', place, text, { id }), id === undefined ? [] : [id]);
  }

  #told(one: ProfileProblem, ids: readonly string[]): void {
    this.problems.push(one);
    for (const id of ids) if (!this.broken.has(id)) this.broken.set(id, one);
  }
}

/** A place for anchors, as other YAML files have them: it is no profile unless it has a type. */
function isTemplate(key: string): boolean {
  return /^(x-|\.)/.test(key);
}

function typeOf(members: Members): string | undefined {
  return scalarText(members.get('typ')) ?? scalarText(members.get('type'));
}

/** Text as it was written, of a scalar: an id may look like a number. */
function scalarText(located: Located | undefined): string | undefined {
  const { scalar, source } = located ?? {};
  if (typeof scalar === 'string') return scalar;
  return typeof scalar === 'number' ? (source ?? String(scalar)) : undefined;
}
