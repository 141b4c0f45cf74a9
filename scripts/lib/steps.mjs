/** The steps shared by the scripts. Each tells whether it passed. */
import { build } from './build.mjs';
import { runTool } from './run.mjs';

/** Is everything formatted? `npm run format` mends it. */
export async function checkFormat() {
  return (await runTool('@biomejs/biome/bin/biome', ['format', '--log-level=warn'])) === 0;
}

export async function lint() {
  return (await runTool('oxlint/bin/oxlint', ['--format=unix', '--quiet'])) === 0;
}

/** The package: compiled code and what lies beside it, in dist and, for the browser, in resources/editor. */
export function buildRuntime() {
  const passed = [build('tsconfig.runtime.json', 'dist'), buildEditor()];
  return passed.every(Boolean);
}

function buildEditor() {
  const folder = 'src/editor';
  return build(`${folder}/tsconfig.json`, 'resources/editor', { kept: folder, assets: { [folder]: folder } });
}

/** The tests, with the sources they test, in .build. */
export function buildTests() {
  return build('tsconfig.json', '.build');
}
