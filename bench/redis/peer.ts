/** The package the Redis nodes are compared with: installed for the benchmark alone, and kept between runs. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../test/support/package-root';

const NAME = 'node-red-contrib-redis';
const VERSION = '1.3.9';
const folder = join(packageRoot, '.bench');
const installed = join(folder, 'node_modules', NAME);
const INSTALL_MILLIS = 120_000;

/**
 * Settles with the package's folder.
 *
 * @param progress is told when it has to be installed
 */
export async function installPeer(progress: (text: string) => void): Promise<string> {
  if (!isInstalled()) {
    progress(`installing ${NAME} ${VERSION} into .bench`);
    mkdirSync(folder, { recursive: true });
    // Without a manifest of its own, npm would install into the package around it.
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench', version: '1.0.0', private: true }));
    await npm('install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `${NAME}@${VERSION}`);
  }
  return installed;
}

function isInstalled(): boolean {
  const manifest = join(installed, 'package.json');
  if (!existsSync(manifest)) return false;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === VERSION;
}

async function npm(...args: readonly string[]): Promise<void> {
  const script = process.env['npm_execpath'];
  const [program, first] = script?.endsWith('npm-cli.js') ? [process.execPath, [script]] : ['npm', []];
  await promisify(execFile)(program, [...first, ...args], { cwd: folder, timeout: INSTALL_MILLIS });
}
