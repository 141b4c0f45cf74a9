/**
 * Files that hold one value each: a password as a container gets it mounted, a certificate. What was read is remembered
 * with the file's path, so that a change of it can be noticed.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { t } from '../../core/wording';

const MAXIMUM_BYTES = 1024 * 1024;

export class SecretFiles {
  readonly #folder: string | undefined;
  readonly paths = new Set<string>();

  /** @param folder what relative paths start from: that of the profile file */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  static besides(file: string | undefined): SecretFiles {
    return new SecretFiles(file === undefined ? undefined : dirname(file));
  }

  /** The content. @throws Error saying why it can't be read, with the path */
  read(path: string): Buffer {
    const file = resolve(this.#folder ?? process.cwd(), path);
    this.paths.add(file);
    try {
      const status = statSync(file);
      if (!status.isFile()) throw new Error(t`it is no file`);
      if (status.size > MAXIMUM_BYTES) throw new Error(t`it is larger than 1 MiB`);
      return readFileSync(file);
    } catch (thrown) {
      throw new Error(t`the file ${file} can't be read: ${reasonOf(thrown)}`, { cause: thrown });
    }
  }

  /** The content as text, without the line break at its end. @throws Error as `read` */
  readText(path: string): string {
    const bytes = this.read(path);
    if (!isUtf8(bytes)) {
      throw new Error(t`the file ${resolve(this.#folder ?? process.cwd(), path)} can't be read: it is not in UTF-8`);
    }
    return bytes.toString('utf8').replace(/\r?\n$/, '');
  }
}

/** The words of the system without the path, which is said already. */
export function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  switch (code) {
    case 'ENOENT':
      return t`there is no such file`;
    case 'EACCES':
    case 'EPERM':
      return t`no permission to read it`;
    case 'EISDIR':
      return t`it is a folder`;
    default:
      return typeof code === 'string' ? code : thrown instanceof Error ? thrown.message : String(thrown);
  }
}
