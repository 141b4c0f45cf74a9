/** The runs of the tests: all of them, and those of the editor on several versions of Node-RED. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFailures } from './failures.mjs';
import { installVersion } from './matrix.mjs';
import { runTool } from './run.mjs';
import { installDependencies, installServers } from './set-up.mjs';
import { buildRuntime, buildTests, checkFormat, lint } from './steps.mjs';

/** For what hangs: a slow machine may take most of half an hour. */
const limitMillis = 60 * 60_000;

/**
 * Sets up, checks format, lint and types, and runs every test.
 * @param {import('./totals.mjs').Totals} totals
 * @param {string[]} args for mocha; with a test file among them only this one is run
 */
export async function testAll(totals, args) {
  await installServers('mosquitto', 'redis', 'chromium');
  await installDependencies();
  totals.step('format check (npm run format mends it)', await checkFormat());
  totals.step('lint', await lint());
  build(totals);
  await runTests(totals, 'mocha', args, '.build/test/**/*.test.js');
}

/**
 * Runs the tests of the editor on each of the versions.
 * @param {import('./totals.mjs').Totals} totals
 * @param {string[]} versions see `versions` of matrix.mjs
 * @param {{ args?: string[], isBuilt?: boolean }} [options] `args`: for mocha; `isBuilt`: everything is compiled
 */
export async function testMatrix(totals, versions, { args = [], isBuilt = false } = {}) {
  await installServers('mosquitto', 'redis', 'chromium');
  await installDependencies();
  if (!isBuilt) build(totals);
  for (const version of versions) {
    const { name, env } = await installVersion(version);
    console.log(`\nThe editor of ${name}:`);
    await runTests(totals, name, args, '.build/test/editor/**/*.test.js', env);
  }
}

function build(totals) {
  totals.step('type check and build of the package', buildRuntime());
  totals.step('type check and build of the tests', buildTests());
}

/**
 * Runs mocha; the reporter writes its results to files, as the output of tests may hold anything.
 * @param {import('./totals.mjs').Totals} totals
 * @param {string} name of the run, for what fails in it
 * @param {string[]} args for mocha; with a test file among them only this one is run
 * @param {string} allFiles otherwise these are
 */
export async function runTests(totals, name, args, allFiles, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pool-test-results-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const specs = args.some((arg) => arg.endsWith('.test.js')) ? [] : [allFiles];
    const code = await runTool('mocha/bin/mocha.js', [...args, ...specs], {
      env: { ...process.env, ...env, TEST_RESULTS_FOLDER: folder },
      limitMillis,
    });
    const failures = readFailures(join(folder, 'failures.jsonl'));
    totals.name(name, failures);
    if (!existsSync(countsFile)) {
      totals.add({ passed: 0, failed: failures.length, skipped: 0 });
      return totals.fail(`${name}: it broke off before its end`);
    }
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
    totals.add(counts);
    if (counts.passed + counts.failed === 0) totals.fail(`${name}: it ran no test`);
    else if (code !== 0 && counts.failed === 0) totals.fail(`${name}: exit code ${code} after its end`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
