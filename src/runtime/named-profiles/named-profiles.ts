/**
 * The named profiles of one runtime: what nodes ask for by id, who uses what, and the changes of it while the runtime
 * runs. Start reading here; profile-store.ts is how files become profiles.
 */
import { resolve, join } from 'node:path';
import { PoolError } from '../../core/errors';
import type { Borrower } from '../../core/lease';
import type { NamedProfile } from './build-profile';
import { completeDefinition, type ProfileDefinition } from './definition';
import type { Environment } from './environment';
import { FileWatch, type FileWatchOptions } from './file-watch';
import { writeManaged } from './managed-file';
import type { ProfileProblem } from './problem';
import { MANAGED_FILE, type ProfileLocation } from './profile-files';
import { ProfileStore } from './profile-store';
import { type NamedProfileView, shownOverrides, shownProperties } from './profile-view';
import { t } from '../../core/wording';

export interface NamedProfilesOptions {
  /** Where profiles are defined. */
  readonly location: ProfileLocation | undefined;
  /** Node-RED's user directory; undefined in a runtime without one. */
  readonly userDirectory: string | undefined;
  readonly environment: Environment;
  readonly log: ProfileLog;
  readonly watch?: FileWatchOptions;
}

export interface ProfileLog {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** A profile node that names a profile, and the flow nodes that use it through this node now. */
export interface NamedProfileUser {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly borrowers: readonly Borrower[];
}

export type ChangeListener = () => void;

export class NamedProfiles {
  readonly #options: NamedProfilesOptions;
  readonly #store: ProfileStore;
  readonly #watch: FileWatch;
  readonly #managedPath: string | undefined;
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  readonly #users = new Map<string, Set<NamedProfileUser>>();
  readonly #told = new Set<string>();

  constructor(options: NamedProfilesOptions) {
    this.#options = options;
    const { location, userDirectory, environment } = options;
    const home = userDirectory ?? process.cwd();
    const own: ProfileLocation | undefined =
      userDirectory === undefined ? undefined : { kind: 'path', path: join(userDirectory, 'connections') };
    const chosen = location?.kind === 'path' ? { ...location, path: resolve(home, location.path) } : location;
    this.#managedPath = managedPathFor(chosen ?? own, own);
    const locations = [...(chosen ? [chosen] : own ? [own] : []), ...this.#managedLocation(chosen ?? own)];
    this.#store = new ProfileStore({ locations, home, environment });
    this.#watch = new FileWatch(() => this.reload(), options.watch);
    this.reload();
  }

  /**
   * The profile of this id, as the files have it now.
   *
   * @param type what the asking node is: `mqtt`, `redis`, …
   * @throws PoolError `NAMED_PROFILE_UNKNOWN`, `NAMED_PROFILE_INVALID` or `NAMED_PROFILE_TYPE`
   */
  get(id: string, type: string): NamedProfile {
    const profile = this.#store.profiles.get(id);
    if (!profile) {
      const failure = this.#store.failure(id);
      if (failure) throw refused('NAMED_PROFILE_INVALID', failure.message);
      throw refused('NAMED_PROFILE_UNKNOWN', t`Named profile "${id}" is not defined; known: ${this.#known()}.`);
    }
    if (profile.type === type) return profile;
    const text = t`Named profile "${id}" is of type ${profile.type}, not ${type}; name another one.`;
    throw refused('NAMED_PROFILE_TYPE', text);
  }

  /** All that are defined, usable or not, without secrets. */
  all(): readonly NamedProfileView[] {
    return [...this.#store.entries.values()].map(({ entry, path, overrides }) => {
      const failure = this.#store.failure(entry.id);
      const serves = this.#store.profiles.get(entry.id)?.type ?? entry.type;
      return {
        id: entry.id,
        type: entry.type,
        ...(serves === entry.type ? {} : { serves }),
        properties: shownProperties(entry),
        ...(overrides?.size ? { overrides: shownOverrides(entry, overrides) } : {}),
        place: entry.place,
        managed: path !== undefined && path === this.#managedPath,
        ...(failure ? { problem: failure.message } : {}),
      };
    });
  }

  /** What is wrong now with files and entries. */
  problems(): readonly ProfileProblem[] {
    return this.#store.problems;
  }

  /** Calls back whenever `get` would answer otherwise for this id; returns the function that stops it. */
  onChange(id: string, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(id, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
  }

  /** Notes down that a node names this profile; returns the function that ends it. */
  use(id: string, user: NamedProfileUser): () => void {
    const users = this.#users.get(id) ?? new Set();
    users.add(user);
    this.#users.set(id, users);
    return () => {
      users.delete(user);
      if (users.size === 0 && this.#users.get(id) === users) this.#users.delete(id);
    };
  }

  /** The profile nodes that name this profile. */
  usersOf(id: string): readonly NamedProfileUser[] {
    return [...(this.#users.get(id) ?? [])];
  }

  /**
   * Defines a profile, or replaces one that was defined so, in the managed file. It is in force when this returns.
   * A secret that is given as `MASK` stays as it is.
   *
   * @throws InvalidDefinition saying what is wrong; PoolError `NAMED_PROFILE_NOT_MANAGED` when people's files define
   *   it, or `PROFILE_FILE_UNWRITABLE`
   */
  put(id: string, definition: ProfileDefinition): void {
    const path = this.#writable(id);
    const { environment } = this.#options;
    const stored = this.#store.entries.get(id)?.entry;
    const complete = completeDefinition(id, definition, stored, { environment, file: path });
    writeManaged(path, id, complete, stored !== undefined);
    this.reload();
  }

  /** Removes a profile from the managed file. @throws PoolError as `put`, or `NAMED_PROFILE_UNKNOWN` */
  remove(id: string): void {
    if (!this.#store.entries.has(id)) {
      throw refused('NAMED_PROFILE_UNKNOWN', t`Named profile "${id}" is not defined; known: ${this.#known()}.`);
    }
    writeManaged(this.#writable(id), id, undefined, true);
    this.reload();
  }

  /** Reads all files again and tells those whose profile is another one now. */
  reload(): void {
    const changed = this.#store.load();
    this.#watch.watch(this.#store.paths);
    this.#tellProblems();
    if (changed.size === 0) return;
    for (const [id, listeners] of [...this.#listeners]) {
      // Who names an unknown profile is told which ones there are; that changed, too.
      const isUnknown = !this.#store.profiles.has(id) && !this.#store.failure(id);
      if (changed.has(id) || isUnknown) for (const listener of [...listeners]) listener();
    }
  }

  /** Ends watching; profiles stay as they are. */
  close(): void {
    this.#watch.close();
  }

  /** Each problem is logged once, and again only after it was gone. */
  #tellProblems(): void {
    const problems = this.#store.problems;
    const messages = new Set(problems.map(({ message }) => message));
    for (const message of this.#told) if (!messages.has(message)) this.#told.delete(message);
    for (const { message, severity, code } of problems) {
      if (this.#told.has(message)) continue;
      this.#told.add(message);
      const line = `${message} (${code})`;
      if (severity === 'error') this.#options.log.error(line);
      else this.#options.log.warn(line);
    }
  }

  #known(): string {
    const ids = [...this.#store.entries.keys()];
    const shown = ids.slice(0, 10).join(', ');
    return ids.length === 0 ? t`none` : ids.length > 10 ? t`${shown} and ${ids.length - 10} more` : shown;
  }

  #managedLocation(main: ProfileLocation | undefined): ProfileLocation[] {
    const inFolder = main?.kind === 'path' && this.#managedPath === join(main.path, MANAGED_FILE);
    return this.#managedPath === undefined || inFolder ? [] : [{ kind: 'path', path: this.#managedPath }];
  }

  /** The managed file, if this id may be written there. */
  #writable(id: string): string {
    const stored = this.#store.entries.get(id);
    if (stored && stored.path !== this.#managedPath) {
      const { file } = stored.entry.place;
      throw refused('NAMED_PROFILE_NOT_MANAGED', t`Named profile "${id}" is defined in ${file}; change it there.`);
    }
    if (this.#managedPath !== undefined) return this.#managedPath;
    throw refused('PROFILE_FILE_UNWRITABLE', t`This runtime has no user directory to write profiles to.`);
  }
}

function managedPathFor(main: ProfileLocation | undefined, own: ProfileLocation | undefined): string | undefined {
  if (main?.kind === 'path' && !/\.(ya?ml|json)$/i.test(main.path)) return join(main.path, MANAGED_FILE);
  return own?.kind === 'path' ? join(own.path, MANAGED_FILE) : undefined;
}

function refused(code: string, message: string): PoolError {
  return new PoolError(code, message, { kind: 'refused' });
}
