/** The counts of several runs, and what failed beside tests: one line at the end, which is true. */

export class Totals {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Adds the result of a step that is no test. */
  step(name, passed) {
    if (!passed) this.fail(name);
  }

  /** Counts something that failed and is no test. */
  fail(what) {
    console.log(`failed: ${what}`);
    this.#failed += 1;
  }

  /** Adds the counts of one run of tests. */
  add({ passed, failed, skipped }) {
    this.#passed += passed;
    this.#failed += failed;
    this.#skipped += skipped;
  }

  /** Prints the line and tells the exit code. */
  close() {
    console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    return this.#failed === 0 ? 0 : 1;
  }
}
