/** The file that profiles are written to from outside: replaced as a whole, so that nobody ever reads half of it. */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Document, parseDocument, Scalar } from 'yaml';
import { PoolError } from '../../core/errors';
import { reasonOf } from './secret-files';

const HEADER = ' Written by the admin API. By hand, write into a file of your own beside this one.';

/** @throws PoolError `PROFILE_FILE_UNWRITABLE` */
export function writeManaged(path: string, id: string, definition: object | undefined): void {
  const document = readManaged(path);
  if (definition === undefined) document.delete(id);
  else document.set(keyOf(id), document.createNode(definition, { aliasDuplicateObjects: false }));
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(file, document.toString());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    const text = `The file ${path} can't be written: ${reasonOf(thrown)}; check its folder and permissions.`;
    throw new PoolError('PROFILE_FILE_UNWRITABLE', text, { cause: thrown });
  }
}

/** Quoted where it would otherwise be the merge key of YAML. */
function keyOf(id: string): Scalar {
  const key = new Scalar(id);
  if (id === '<<') key.type = 'QUOTE_DOUBLE';
  return key;
}

/** Comments that somebody wrote into it stay. */
function readManaged(path: string): Document {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) {
      const said = `The file ${path} can't be read: ${reasonOf(thrown)}.`;
      throw new PoolError('PROFILE_FILE_UNREADABLE', said, { cause: thrown });
    }
  }
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) {
    throw new PoolError('PROFILE_FILE_SYNTAX', `The file ${path} is not in order; correct or remove it first.`);
  }
  if (document.contents !== null) return document as unknown as Document;
  const empty = new Document({});
  empty.commentBefore = document.commentBefore ?? HEADER;
  return empty;
}
