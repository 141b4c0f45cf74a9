/**
 * Mocha's usual output; besides, it writes the counts to TEST_COUNTS_FILE, and names what keeps the process alive
 * when the tests are over, which would otherwise be a silent hang: tests must close what they open.
 */
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const graceMillis = 5_000;

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.TEST_COUNTS_FILE;
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
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
};
