/** The files that define named profiles: which there are, and what stands in them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Located } from './located';
import { problem, type ProfileProblem } from './problem';
import { reasonOf } from './secret-files';
import { MAXIMUM_FILE_BYTES, readYaml } from './yaml-tree';

/** The file that the admin API writes; it is read last, so that what people wrote by hand wins. */
export const MANAGED_FILE = 'managed.yaml';

/** Where profiles are defined. */
export type ProfileLocation =
  /** A folder with files, or one file; it need not exist yet, but it is told if it is `expected` and doesn't. */
  | { readonly kind: 'path'; readonly path: string; readonly expected?: boolean }
  /** In settings.js itself. */
  | { readonly kind: 'object'; readonly value: object };

export interface ProfileFile {
  readonly path: string;
  /** Undefined when it can't be read or isn't in order. */
  readonly roots: readonly Located[] | undefined;
  readonly problems: readonly ProfileProblem[];
}

/** Paths in the order in which they are read. A folder that is not there has no files. */
export function listProfileFiles(path: string): string[] {
  let entries: string[];
  try {
    if (statSync(path).isFile()) return [path];
    entries = readdirSync(path);
  } catch {
    return [];
  }
  const files = entries.filter((name) => /^[^.].*\.(ya?ml|json)$/i.test(name)).sort();
  return [...files.filter((name) => name !== MANAGED_FILE), ...files.filter((name) => name === MANAGED_FILE)]
    .map((name) => join(path, name))
    .filter(isNoFolder);
}

/** @param home what the names of files in messages start from, if they are below it */
export function readProfileFile(path: string, home: string): ProfileFile {
  const file = shortName(path, home);
  let text: string;
  try {
    if (statSync(path).size > MAXIMUM_FILE_BYTES) {
      const tooLarge = problem('PROFILE_FILE_TOO_LARGE', { file }, 'A profile file may have 1 MiB at most.');
      return { path, roots: undefined, problems: [tooLarge] };
    }
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    const said = `The file can't be read: ${reasonOf(thrown)}.`;
    return { path, roots: undefined, problems: [problem('PROFILE_FILE_UNREADABLE', { file }, said)] };
  }
  if (text.trim() === '') {
    const said = 'The file is empty: write {} if it is to have no profiles, or remove it.';
    return { path, roots: undefined, problems: [problem('PROFILE_FILE_EMPTY', { file }, said)] };
  }
  return { path, ...readYaml(text, file) };
}

function shortName(path: string, home: string): string {
  const short = relative(home, path);
  return short.startsWith('..') ? path : short;
}

/** What can't be looked at is kept: reading it says why. */
function isNoFolder(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return true;
  }
}
