/** The file that profiles are written to from outside: replaced as a whole, so that nobody ever reads half of it. */
import { isUtf8 } from 'node:buffer';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Document, isMap, parseDocument, Scalar } from 'yaml';
import { PoolError } from '../../core/errors';
import { TYPE_NAMES } from './profile-types';
import { reasonOf } from './secret-files';
import { t } from '../../core/wording';

const HEADER = ' Written by the admin API. By hand, write into a file of your own beside this one.';

/**
 * @param isThere whether the file has this profile already
 * @throws PoolError `PROFILE_FILE_UNWRITABLE`, or `NAMED_PROFILE_NOT_MANAGED` where somebody wrote it in another form
 */
export function writeManaged(path: string, id: string, definition: object | undefined, isThere: boolean): void {
  const document = readManaged(path);
  if (!isMap(document.contents) || (isThere ? !document.has(id) : isTypeLevel(id, document.get(id)))) {
    throw otherForm(path, id);
  }
  if (definition === undefined) document.delete(id);
  else document.set(keyOf(id), document.createNode(definition, { aliasDuplicateObjects: false }));
  const text = textOf(document, path, id);
  const target = behindLinks(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(temporary, 0o600);
    renameSync(temporary, target);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    const said = t`The file ${path} can't be written: ${reasonOf(thrown)}; check its folder and permissions.`;
    throw new PoolError('PROFILE_FILE_UNWRITABLE', said, { cause: thrown });
  }
}

function otherForm(path: string, id: string): PoolError {
  const text = t`The file ${path} is not in the form that is written here, so that "${id}" can't be changed in it; change it by hand.`;
  return new PoolError('NAMED_PROFILE_NOT_MANAGED', text, { kind: 'refused' });
}

/** @throws PoolError `NAMED_PROFILE_NOT_MANAGED` when an alias elsewhere needs what was replaced */
function textOf(document: Document, path: string, id: string): string {
  try {
    return document.toString();
  } catch {
    throw otherForm(path, id);
  }
}

/** A link to the file stays one. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Whether it is no profile but a level of several, by their type. */
function isTypeLevel(id: string, value: unknown): boolean {
  return TYPE_NAMES.includes(id) && isMap(value) && !value.has('typ') && !value.has('type');
}

/** Quoted where it would otherwise be the merge key of YAML. */
function keyOf(id: string): Scalar {
  const key = new Scalar(id);
  if (id === '<<') key.type = 'QUOTE_DOUBLE';
  return key;
}

/** Comments that somebody wrote into it stay. */
function readManaged(path: string): Document {
  let bytes = Buffer.alloc(0);
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) {
      const said = t`The file ${path} can't be read: ${reasonOf(thrown)}.`;
      throw new PoolError('PROFILE_FILE_UNREADABLE', said, { cause: thrown });
    }
  }
  const document = parseDocument(bytes.toString('utf8'), { logLevel: 'silent' });
  if (document.errors.length > 0 || !isUtf8(bytes)) {
    throw new PoolError('PROFILE_FILE_SYNTAX', t`The file ${path} is not in order; correct or remove it first.`);
  }
  if (document.contents !== null) return document as unknown as Document;
  const empty = new Document({});
  empty.commentBefore = document.commentBefore ?? HEADER;
  return empty;
}
