/**
 * Mocha's usual output; besides, it writes each failed test and, at the end, the counts to files in TEST_RESULTS_FOLDER,
 * and names what keeps the process alive when the tests are over, which would otherwise be a silent hang: tests must
 * close what they open.
 */
const { appendFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const Mocha = require('mocha');

const graceMillis = 5_000;
const { EVENT_RUN_END, EVENT_TEST_FAIL } = Mocha.Runner.constants;

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const folder = process.env.TEST_RESULTS_FOLDER;
    if (folder) this.#writeResults(runner, folder);
    runner.once(EVENT_RUN_END, () => {
      setTimeout(() => {
        const held = process.getActiveResourcesInfo().join(', ');
        console.error(`The tests are over, but these keep the process alive: ${held}`);
        // Mocha sets the exit code from the failures alone in a listener of its own.
        process.once('exit', () => {
          process.exitCode = 1;
        });
        process.exit();
      }, graceMillis).unref();
    });
  }

  /** Failures are written as they happen, so that those of a run that breaks off are known too. */
  #writeResults(runner, folder) {
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      const failure = {
        title: test.fullTitle(),
        file: test.file ? path.relative(process.cwd(), test.file) : '',
        ...split(error),
      };
      appendFileSync(path.join(folder, 'failures.jsonl'), `${JSON.stringify(failure)}\n`);
    });
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(path.join(folder, 'counts.json'), JSON.stringify(counts));
    });
  }
};

/** An error as its message and the places in the project it came through. */
function split(error) {
  const stack = String(error?.stack ?? '').split('\n');
  return {
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error?.message ?? error),
    places: stack.filter((line) => /^\s+at /.test(line) && !/node_modules|node:internal/.test(line)),
  };
}
