/** The steps shared by the scripts. Each tells whether it passed. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root, runTool } from './run.mjs';

/** Is everything formatted? `npm run format` mends it. */
export async function checkFormat() {
  return (await runTool('@biomejs/biome/bin/biome', ['format', '--log-level=warn'])) === 0;
}

export async function lint() {
  return (await runTool('oxlint/bin/oxlint', ['--format=unix', '--quiet'])) === 0;
}

/** The package: compiled code and what lies beside it, in dist. */
export function buildRuntime() {
  return build('tsconfig.runtime.json', 'dist');
}

/** The tests, with the sources they test, in .build. */
export function buildTests() {
  return build('tsconfig.json', '.build');
}

/**
 * Compiles, copies what Node-RED looks for beside the compiled nodes, and removes what earlier builds left behind.
 * The folder is never emptied first, so that a Node-RED or a test run using it does not lose files under its feet.
 */
function build(project, outFolder) {
  const compiler = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project, '--listEmittedFiles', '--pretty', 'false'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const emitted = new Set();
  for (const line of `${compiler.stdout}${compiler.stderr}`.split(/\r?\n/)) {
    if (line.startsWith('TSFILE: ')) emitted.add(resolve(root, line.slice('TSFILE: '.length)));
    else if (line !== '') console.error(line);
  }
  if (compiler.error) console.error(compiler.error.message);
  const passed = compiler.status === 0;
  const kept = new Set([...emitted, ...copyAssets(join(root, outFolder, 'nodes'))]);
  if (passed) removeOthers(join(root, outFolder), kept);
  return passed;
}

function copyAssets(target) {
  const assets = [
    ...filesIn(join(root, 'nodes'))
      .filter((file) => !file.endsWith('.ts'))
      .map((file) => [file, join(target, relative(join(root, 'nodes'), file))]),
    ...filesIn(join(root, 'icons')).map((file) => [file, join(target, 'icons', relative(join(root, 'icons'), file))]),
  ];
  for (const [from, to] of assets) {
    mkdirSync(join(to, '..'), { recursive: true });
    cpSync(from, to);
  }
  return assets.map(([, to]) => to);
}

function removeOthers(folder, kept) {
  for (const file of filesIn(folder)) if (!kept.has(file)) rmSync(file, { force: true });
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
