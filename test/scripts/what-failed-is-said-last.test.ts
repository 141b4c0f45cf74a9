/** Often the last lines of a run of all tests are all that is kept of it: they name what failed, before the counts. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../support/package-root';
import { useTeardown } from '../support/teardown';

describe('the end of the output of a run of tests', function () {
  this.timeout(120_000);
  const teardown = useTeardown();

  it('names each failed test with its file and its error, and the failed steps; the counts are its last line', async () => {
    const output = await runOf(`
      describe('a suite', () => {
        it('passes', () => {});
        it('fails', () => { throw new Error('it went wrong\\nand this is how'); });
        it.skip('is skipped', () => {});
      });
      describe('a suite with a hook', () => {
        before('that fails', () => { throw new TypeError('no server'); });
        it('is not run', () => {});
      });
    `);

    const { list, last } = endOf(output);
    assert.equal(last, '1 passed, 3 failed, 1 skipped');
    assert.match(
      list,
      /^1\) lint\n\n2\) a suite fails\n {3}\S*some\.test\.js \(the run\)\n {3}Error: it went wrong\n {3}and this is how\n {5}at /,
    );
    assert.match(
      list,
      /\n3\) a suite with a hook "before all" hook: that fails .*\n {3}\S*some\.test\.js \(the run\)\n {3}TypeError: no server\n/,
    );
  });

  it('has at most 30 failures, and 12 lines of the error of each', async () => {
    const output = await runOf(`
      const lines = Array.from({ length: 100 }, (_, at) => 'line ' + at + ' ' + 'x'.repeat(1000));
      for (let number = 1; number <= 40; number += 1)
        it('fails too, number ' + number + '.', () => { throw new Error(lines.join('\\n')); });
    `);

    const { list, last } = endOf(output);
    assert.equal(last, '0 passed, 41 failed, 0 skipped');
    assert.match(list, /number 29\./);
    assert.doesNotMatch(list, /number 30\./);
    assert.match(list, /\nand 11 more$/);
    const second = list.split('\n\n')[1]?.split('\n') ?? [];
    assert.ok(second.length <= 1 + 1 + 12, `${second.length} lines:\n${second.join('\n')}`);
    assert.ok(second.every((line) => line.length <= 300));
  });

  it('names the tests that had failed when a run breaks off', async () => {
    const output = await runOf(`
      it('fails first', () => { throw new Error('it went wrong'); });
      it('breaks off', () => process.kill(process.pid, 'SIGKILL'));
    `);

    const { list, last } = endOf(output);
    assert.equal(last, '0 passed, 3 failed, 0 skipped');
    assert.match(list, /\n2\) fails first\n/);
    assert.match(list, /\n3\) the run: it broke off before its end$/);
  });

  it('has no list when nothing failed', async () => {
    const output = await runOf(`it('passes', () => {});`, { lint: true });

    assert.doesNotMatch(output, /What failed/);
    assert.match(output, /\n1 passed, 0 failed, 0 skipped\n$/);
  });

  /** The output of one run of a file of tests after a step that passes or fails. */
  async function runOf(tests: string, { lint = false } = {}): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'pool-failing-tests-'));
    teardown.defer(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'some.test.js');
    await writeFile(file, tests);
    const script = `
      import { runTests } from ${scriptUrl('test-runs.mjs')};
      import { Totals } from ${scriptUrl('totals.mjs')};
      const totals = new Totals();
      totals.step('lint', ${lint});
      await runTests(totals, 'the run', [${JSON.stringify(file)}], '');
      process.exitCode = totals.close();`;
    return new Promise((resolve) => {
      const args = ['--input-type=module', '--eval', script];
      execFile(process.execPath, args, { cwd: packageRoot, maxBuffer: 2 ** 26 }, (_error, stdout) => resolve(stdout));
    });
  }
});

function scriptUrl(name: string): string {
  return JSON.stringify(pathToFileURL(join(packageRoot, 'scripts', 'lib', name)).href);
}

/** The list of what failed, and the last line. */
function endOf(output: string): { list: string; last: string } {
  const [, list, last] = /\nWhat failed:\n\n([^]*)\n\n(.*)\n$/.exec(output) ?? [];
  assert.ok(list !== undefined && last !== undefined, `no list at the end of:\n${output}`);
  return { list, last };
}
