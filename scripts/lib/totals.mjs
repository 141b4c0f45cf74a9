/** The counts of several runs, and what failed in them: listed at the end, before one line that is true. */
import { describeFailures } from './failures.mjs';

export class Totals {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  #failures = [];

  /** Adds the result of a step that is no test. */
  step(name, passed) {
    if (!passed) this.fail(name);
  }

  /** Counts something that failed and is no test. */
  fail(what) {
    console.log(`failed: ${what}`);
    this.#failed += 1;
    this.#failures.push({ title: what, file: '', message: '', places: [] });
  }

  /**
   * Adds the counts of one run of tests.
   * @param {{ passed: number, failed: number, skipped: number }} counts
   */
  add({ passed, failed, skipped }) {
    this.#passed += passed;
    this.#failed += failed;
    this.#skipped += skipped;
  }

  /**
   * Adds what is known of the failed tests of one run, for the list at the end.
   * @param {string} run its name
   * @param {import('./failures.mjs').Failure[]} failures
   */
  name(run, failures) {
    this.#failures.push(...failures.map((failure) => ({ ...failure, file: `${failure.file} (${run})` })));
  }

  /** Prints what failed, then the line of the counts as the last one, and tells the exit code. */
  close() {
    if (this.#failures.length > 0)
      console.log(['', 'What failed:', ...describeFailures(this.#failures), ''].join('\n'));
    console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    return this.#failed === 0 ? 0 : 1;
  }
}
