/** What some tests need beside the dependencies, such as another version of Node-RED: installed when first needed. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, SetUpError } from './run.mjs';
import { installedPackagesAre, npm } from './set-up.mjs';

/** The one of the development dependencies, and what has a folder (package.json and lock file) in scripts/matrix. */
export const versions = ['4.1', '5'];

/**
 * Installs a version if need be.
 * @param {string} version one of `versions`
 * @returns {Promise<{ name: string, env: Record<string, string> }>} what it is called in a report, and the environment
 * variables that make the tests use it
 */
export async function installVersion(version) {
  if (version === '4.1') return describeVersion(root, process.execPath, process.versions.node, {});
  const folder = await installPinned(`node-red-${version}`);
  const node = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    // npm may be told to run no scripts of packages: this one is needed.
    const nodePackage = join(folder, 'node_modules', 'node');
    await run(process.execPath, ['installArchSpecificPackage.js'], {
      cwd: nodePackage,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (!existsSync(node)) throw new SetUpError(`Installing Node.js in ${nodePackage} failed; see above.`);
  }
  const nodeVersion = readManifest(join(folder, 'node_modules', 'node')).version;
  const env = { NODE_RED: join(folder, 'node_modules', 'node-red', 'red.js'), NODE_RED_NODE: node };
  return describeVersion(folder, node, nodeVersion, env);
}

/**
 * Installs what a folder of scripts/matrix pins, unless exactly that is installed.
 * @param {string} name of the folder
 * @returns {Promise<string>} where it is installed
 */
export async function installPinned(name) {
  const folder = join(root, '.matrix', name);
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'scripts', 'matrix', name), folder, { recursive: true });
  if (installedPackagesAre(folder)) return folder;
  console.error(`Installing ${name} for the tests (npm ci) …`);
  const code = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (code !== 0) throw new SetUpError(`npm ci in ${folder} failed with exit code ${code}; see above.`);
  return folder;
}

function describeVersion(folder, node, nodeVersion, env) {
  const { version } = readManifest(join(folder, 'node_modules', 'node-red'));
  return { name: `Node-RED ${version} with Node.js ${nodeVersion}`, env };
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
