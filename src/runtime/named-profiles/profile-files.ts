/** The files that define named profiles: which there are, and what stands in them. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Located } from './located';
import { problem, type ProfileProblem } from './problem';
import { reasonOf } from './secret-files';
import { MAXIMUM_FILE_BYTES, readYaml } from './yaml-tree';
import { t } from '../../core/wording';

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
  /** As messages call it. */
  readonly name: string;
  /** Undefined when it can't be read or isn't in order. */
  readonly roots: readonly Located[] | undefined;
  readonly problems: readonly ProfileProblem[];
}

export interface ProfileFileList {
  /** Paths in the order in which they are read. */
  readonly files: readonly string[];
  /** Why nobody knows which files there are. */
  readonly problem?: ProfileProblem;
}

/** A folder that is not there has no files; one that can't be looked into may have some. */
export function listProfileFiles(path: string): ProfileFileList {
  let entries: string[];
  try {
    if (!statSync(path).isDirectory()) return { files: [path] };
    entries = readdirSync(path);
  } catch (thrown) {
    if (isMissing(thrown)) return { files: [] };
    const said = t`The folder can't be read: ${reasonOf(thrown)}.`;
    return { files: [], problem: problem('PROFILE_FILE_UNREADABLE', { file: path }, said) };
  }
  const names = entries.filter((name) => /^[^.].*\.(ya?ml|json)$/i.test(name)).sort();
  const ordered = [...names.filter((name) => name !== MANAGED_FILE), ...names.filter((name) => name === MANAGED_FILE)];
  return { files: ordered.map((name) => join(path, name)).filter(isNoFolder) };
}

/** It is not there, nor anything on the way to it. */
function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR');
}

/** @param home what the names of files in messages start from, if they are below it */
export function readProfileFile(path: string, home: string): ProfileFile {
  const file = shortName(path, home);
  const failed = (one: ProfileProblem): ProfileFile => ({ path, name: file, roots: undefined, problems: [one] });
  let bytes: Buffer;
  try {
    const status = statSync(path);
    // Reading a pipe or a device may never end.
    if (!status.isFile()) throw new Error(t`it is no file`);
    if (status.size > MAXIMUM_FILE_BYTES) {
      return failed(problem('PROFILE_FILE_TOO_LARGE', { file }, t`A profile file may have 1 MiB at most.`));
    }
    bytes = readFileSync(path);
  } catch (thrown) {
    const said = t`The file can't be read: ${reasonOf(thrown)}.`;
    return failed(problem('PROFILE_FILE_UNREADABLE', { file }, said));
  }
  if (!isUtf8(bytes)) {
    return failed(problem('PROFILE_FILE_SYNTAX', { file }, t`The file can't be read: it is not in UTF-8; save it so.`));
  }
  const text = bytes.toString('utf8');
  if (text.trim() === '') return failed(emptyFile(file));
  return { path, name: file, ...readYaml(text, file) };
}

export function emptyFile(file: string): ProfileProblem {
  const said = t`The file is empty: write {} if it is to have no profiles, or remove it.`;
  return problem('PROFILE_FILE_EMPTY', { file }, said);
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
