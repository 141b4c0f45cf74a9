/**
 * `npm test`: sets up, checks format, lint and types, and runs every test. What follows `--` goes to mocha
 * (`npm test -- --grep retained`, `npm test -- .build/test/core/pool.test.js`). The last line always reads `N passed, N failed, N skipped`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, runTool } from './lib/run.mjs';
import { installDependencies, installServers } from './lib/set-up.mjs';
import { buildRuntime, buildTests, checkFormat, lint } from './lib/steps.mjs';

const limitMillis = 30 * 60_000;

await main(async () => {
  await installServers('mosquitto', 'redis', 'chromium');
  await installDependencies();
  const failures = [];
  const step = (name, passed) => passed || failures.push(name);
  step('format check (npm run format mends it)', await checkFormat());
  step('lint', await lint());
  step('type check and build of the package', buildRuntime());
  step('type check and build of the tests', buildTests());
  const counts = await runTests(process.argv.slice(2));
  if (counts === undefined) failures.push('mocha: it broke off before its end');
  else if (counts.passed + counts.failed === 0) failures.push('mocha: it ran no test');
  else if (counts.code !== 0 && counts.failed === 0) failures.push(`mocha: exit code ${counts.code} after its end`);
  for (const failure of failures) console.log(`failed: ${failure}`);
  const { passed = 0, failed = 0, skipped = 0 } = counts ?? {};
  console.log(`${passed} passed, ${failed + failures.length} failed, ${skipped} skipped`);
  return failed + failures.length === 0 ? 0 : 1;
});

/** Runs mocha; the reporter writes its counts to a file, as the output of tests may hold anything. */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'pool-test-counts-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const specs = args.some((arg) => arg.endsWith('.test.js')) ? [] : ['.build/test/**/*.test.js'];
    const code = await runTool('mocha/bin/mocha.js', [...args, ...specs], {
      env: { ...process.env, TEST_COUNTS_FILE: countsFile },
      limitMillis,
    });
    return existsSync(countsFile) ? { ...JSON.parse(readFileSync(countsFile, 'utf8')), code } : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
