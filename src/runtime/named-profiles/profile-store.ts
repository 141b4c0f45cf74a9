/**
 * The named profiles in force. Each `load` reads everything again and tells whose settings changed; what is broken keeps
 * its last good state: a file its entries, an entry its settings.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BuiltProfile, buildProfile, type NamedProfile } from './build-profile';
import { applyOverrides, type Environment, type Overrides } from './environment';
import { locate, showPlace } from './located';
import { problem, type ProfileProblem } from './problem';
import { emptyFile, listProfileFiles, type ProfileLocation, readProfileFile } from './profile-files';
import { TYPE_NAMES } from './profile-types';
import { type RawEntries, type RawEntry, readEntries } from './raw-entries';
import { t } from '../../core/wording';

/** An entry and the file it stands in; undefined when it is none. */
export interface StoredEntry {
  readonly entry: RawEntry;
  readonly path: string | undefined;
  /** What the environment sets in its place. */
  readonly overrides?: Overrides;
}

export interface StoreOptions {
  readonly locations: readonly ProfileLocation[];
  /** What the names of files in messages start from. */
  readonly home: string;
  readonly environment: Environment;
}

const keptFile = (said: string) => t`${said} The profiles it had stay in force.`;
const keptEntry = (said: string) => t`${said} Its last good settings stay in force.`;

/** Says of an entry or of several, whose form is wrong now, that they stay as they were. */
function toldAsKept(one: ProfileProblem, kept: readonly RawEntry[], broken: RawEntries['broken']): ProfileProblem {
  if (one.severity !== 'error' || kept.length === 0) return one;
  const concerns = kept.some(({ id }) => broken.get(id) === one);
  if (concerns) return { ...one, message: one.id === undefined ? keptFile(one.message) : keptEntry(one.message) };
  const isAnyones = one.code === 'PROFILE_INVALID_ENTRY' && kept.some(({ id }) => !broken.has(id));
  return isAnyones ? { ...one, message: keptFile(one.message) } : one;
}

function missing(file: string): ProfileProblem {
  const text = t`There is no such file or folder; settings.js says that profiles are defined there.`;
  return problem('PROFILE_FILE_UNREADABLE', { file }, text);
}

export class ProfileStore {
  readonly #options: StoreOptions;
  /** The last good entries of each file. */
  readonly #goodFiles = new Map<string, readonly RawEntry[]>();
  #entries = new Map<string, StoredEntry>();
  #profiles = new Map<string, NamedProfile>();
  #failures = new Map<string, ProfileProblem>();
  /** Of entries whose form is wrong, by what would be their id. */
  readonly #broken = new Map<string, ProfileProblem>();
  #problems: readonly ProfileProblem[] = [];
  #paths: readonly string[] = [];

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get profiles(): ReadonlyMap<string, NamedProfile> {
    return this.#profiles;
  }

  /** All entries that have an id of their own, whether they can be used or not. */
  get entries(): ReadonlyMap<string, StoredEntry> {
    return this.#entries;
  }

  get problems(): readonly ProfileProblem[] {
    return this.#problems;
  }

  /** Every file that was read, and the folders they were looked for in. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** Why a profile that is defined can't be used. */
  failure(id: string): ProfileProblem | undefined {
    return this.#failures.get(id);
  }

  /** Reads everything again; returns the ids whose profile is another one now, came or went. Never throws. */
  load(): ReadonlySet<string> {
    const problems: ProfileProblem[] = [];
    const paths = new Set<string>();
    this.#broken.clear();
    const stored = this.#unique(this.#readAll(problems, paths), problems);
    const overridden = applyOverrides(
      stored.map(({ entry }) => entry),
      this.#options.environment,
      TYPE_NAMES,
    );
    problems.push(...overridden.problems);
    const pathOf = new Map(stored.map(({ entry, path }) => [entry.id, path]));
    const before = this.#profiles;
    const failedBefore = this.#failures;
    this.#entries = new Map();
    this.#profiles = new Map();
    this.#failures = new Map();
    for (const entry of overridden.entries) {
      const { id } = entry;
      const path = pathOf.get(id);
      const { environment } = this.#options;
      const overrides = overridden.overridesOf(id);
      this.#entries.set(id, { entry, path, overrides });
      const built = buildProfile(entry, { environment, overrides, file: path });
      for (const file of built.files) paths.add(file);
      this.#take(id, built, before.get(id), problems);
    }
    for (const [id, reason] of this.#broken) if (!this.#entries.has(id)) this.#failures.set(id, reason);
    this.#problems = problems;
    this.#paths = [...paths];
    const ids = new Set([...before.keys(), ...failedBefore.keys(), ...this.#profiles.keys(), ...this.#failures.keys()]);
    return new Set(
      [...ids].filter((id) => {
        const [old, now] = [before.get(id), this.#profiles.get(id)];
        return old || now ? old?.text !== now?.text : failedBefore.get(id)?.message !== this.#failures.get(id)?.message;
      }),
    );
  }

  #take(id: string, built: BuiltProfile, last: NamedProfile | undefined, problems: ProfileProblem[]): void {
    if (built.profile) {
      this.#profiles.set(id, built.profile);
      problems.push(...built.problems);
      return;
    }
    const told = built.problems.map((one) =>
      last && one.severity === 'error' ? { ...one, message: keptEntry(one.message) } : one,
    );
    problems.push(...told);
    const first = told.find(({ severity }) => severity === 'error');
    if (last) this.#profiles.set(id, last);
    else if (first) this.#failures.set(id, first);
  }

  #readAll(problems: ProfileProblem[], paths: Set<string>): StoredEntry[] {
    const all: StoredEntry[] = [];
    for (const location of this.#options.locations) {
      if (location.kind === 'object') {
        const read = readEntries([locate(location.value, { file: 'settings.js' })], TYPE_NAMES);
        problems.push(...read.problems);
        for (const [id, reason] of read.broken) this.#broken.set(id, reason);
        all.push(...read.entries.map((entry) => ({ entry, path: undefined })));
        continue;
      }
      paths.add(location.path);
      const isGone = location.expected && !existsSync(location.path);
      const { files, problem: unreadable = isGone ? missing(location.path) : undefined } = listProfileFiles(
        location.path,
      );
      if (unreadable) {
        const isBelow = (path: string) => path === location.path || dirname(path) === location.path;
        const known = [...this.#goodFiles].filter(([path]) => isBelow(path));
        problems.push(known.length > 0 ? { ...unreadable, message: keptFile(unreadable.message) } : unreadable);
        for (const [path, entries] of known) {
          paths.add(path);
          all.push(...entries.map((entry) => ({ entry, path })));
        }
      }
      for (const path of files) {
        paths.add(path);
        all.push(...this.#readFile(path, problems).map((entry) => ({ entry, path })));
      }
    }
    for (const path of this.#goodFiles.keys()) if (!paths.has(path)) this.#goodFiles.delete(path);
    return all;
  }

  #readFile(path: string, problems: ProfileProblem[]): readonly RawEntry[] {
    const file = readProfileFile(path, this.#options.home);
    const last = this.#goodFiles.get(path) ?? [];
    if (!file.roots) {
      const told = (one: ProfileProblem) => (last.length > 0 ? { ...one, message: keptFile(one.message) } : one);
      problems.push(...file.problems.map(told));
      return last;
    }
    const { entries, problems: found, broken, holdsUnknown } = readEntries(file.roots, TYPE_NAMES);
    if (last.length > 0 && file.roots.every(({ scalar }) => scalar === null)) {
      problems.push({ ...emptyFile(file.name), message: keptFile(emptyFile(file.name).message) });
      return last;
    }
    const present = new Set(entries.map(({ id }) => id));
    const kept = last.filter(({ id }) => !present.has(id) && (holdsUnknown || broken.has(id)));
    for (const [id, reason] of broken) if (!present.has(id)) this.#broken.set(id, reason);
    problems.push(...file.problems, ...found.map((one) => toldAsKept(one, kept, broken)));
    const all = [...entries, ...kept];
    this.#goodFiles.set(path, all);
    return all;
  }

  /** The first of several with one id is kept. */
  #unique(all: readonly StoredEntry[], problems: ProfileProblem[]): StoredEntry[] {
    const first = new Map<string, StoredEntry>();
    for (const stored of all) {
      const { id, place } = stored.entry;
      const other = first.get(id);
      if (!other) {
        first.set(id, stored);
        continue;
      }
      const text = t`It is defined twice; ${showPlace(other.entry.place)} counts. Remove one, or give it another id.`;
      problems.push(problem('PROFILE_DUPLICATE_ID', place, text, { id }));
    }
    return [...first.values()];
  }
}
