/**
 * Compiling, such that whoever uses the folder meanwhile (a Node-RED, a test run, a second build) never meets a file
 * that is missing or half written: compiled into a folder of its own, then only what differs is moved over.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { root } from './run.mjs';

const abandonedAfterMillis = 60 * 60_000;

const compiled = ['.ts', '.mts'];

/** What Node-RED looks for beside the nodes. */
const nodeAssets = { nodes: 'nodes', icons: 'nodes/icons' };

/**
 * Compiles a project into a folder, with what is needed beside the compiled files, and removes there what earlier builds
 * left behind. With errors (they are printed) nothing changes.
 * @param {string} project a tsconfig file
 * @param {string} outFolder from the root of the repository
 * @param {object} [parts]
 * @param {string} [parts.kept] the folder whose compiled files are taken; all, if absent
 * @param {Record<string, string>} [parts.assets] folders whose other files are copied, and where to
 * @returns {boolean} did it pass?
 */
export function build(project, outFolder, { kept = '.', assets = nodeAssets } = {}) {
  removeAbandoned(outFolder);
  // Beside the folder, not in it: source maps name the sources relative to where they lie.
  const fresh = mkdtempSync(join(root, prefixOf(outFolder)));
  try {
    if (!compile(project, fresh)) return false;
    for (const [from, to] of Object.entries(assets)) copyAssets(join(root, from), join(fresh, to));
    takeOver(join(fresh, kept), join(root, outFolder));
    return true;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function compile(project, target) {
  const compiler = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project, '--outDir', target, '--pretty', 'false'],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (compiler.error) console.error(compiler.error.message);
  return compiler.status === 0;
}

function copyAssets(from, to) {
  const isAsset = (file) => !compiled.includes(extname(file)) && file !== 'tsconfig.json';
  for (const file of filesIn(from).filter(isAsset)) cpSync(join(from, file), join(to, file));
}

function takeOver(fresh, folder) {
  const files = new Set(filesIn(fresh));
  for (const file of files) {
    const target = join(folder, file);
    if (sameContent(join(fresh, file), target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(fresh, file), target);
  }
  for (const file of filesIn(folder)) if (!files.has(file)) rmSync(join(folder, file), { force: true });
}

function sameContent(file, other) {
  try {
    return readFileSync(file).equals(readFileSync(other));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** What a build leaves that was killed. */
function removeAbandoned(outFolder) {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(prefixOf(outFolder))) continue;
    const age = Date.now() - (statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > abandonedAfterMillis) rmSync(join(root, name), { recursive: true, force: true });
  }
}

function prefixOf(outFolder) {
  return `.new-${outFolder.replace('.', '').replace('/', '-')}-`;
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
}
