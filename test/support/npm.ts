/** Running npm, and what it packs of this package. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from './package-root';

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs npm in a folder and returns what it writes. */
export async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  const script = process.env['npm_execpath'];
  const isNpm = script?.endsWith('npm-cli.js') ?? false;
  const [command, ...first] = isNpm && script ? [process.execPath, script] : ['npm'];
  const options = { cwd: folder, maxBuffer: MOST_OUTPUT_BYTES };
  const { stdout } = await promisify(execFile)(command ?? 'npm', [...first, ...args], options);
  return stdout;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Packs what is built, or only says what would be in it.
 * @param into the folder for the tarball
 * @returns the paths in it, and the path of the tarball
 */
export async function pack(into?: string): Promise<{ readonly paths: string[]; readonly tarball: string }> {
  const args = into === undefined ? ['--dry-run'] : ['--pack-destination', into];
  // Without scripts: the package is built already, and whoever uses it meanwhile must not be disturbed.
  const text = await npm(packageRoot, 'pack', '--json', '--ignore-scripts', ...args);
  const answer = JSON.parse(text) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const [packed] = Object.values(answer) as Packed[];
  if (packed === undefined) throw new Error('npm packed nothing');
  return { paths: packed.files.map(({ path }) => path).sort(), tarball: join(into ?? '', packed.filename) };
}
