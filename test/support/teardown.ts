/** Tears down what a test started, last first, whether it passed or not. */

type Undo = () => unknown;

export class Teardown {
  readonly #undos: Undo[] = [];

  /** Registers how to undo something. */
  defer(undo: Undo): void {
    this.#undos.push(undo);
  }

  /** Registers a broker (or anything with `stop`) and returns it. */
  stopLater<T extends { stop(): unknown }>(resource: T): T {
    this.defer(() => resource.stop());
    return resource;
  }

  /** Registers a client, pool or anything with `close` and returns it. */
  closeLater<T extends { close(): unknown }>(resource: T): T {
    this.defer(() => resource.close());
    return resource;
  }

  /** Undoes everything, last first; the first failure is thrown after all have been tried. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** For the tests of the surrounding `describe`: what is registered in a test is undone after that test. */
export function useTeardown(): Teardown {
  const teardown = new Teardown();
  afterEach(function () {
    this.timeout(60_000);
    return teardown.run();
  });
  return teardown;
}

/** The same, undone after the last test of the surrounding `describe`. */
export function useSharedTeardown(): Teardown {
  const teardown = new Teardown();
  after(function () {
    this.timeout(60_000);
    return teardown.run();
  });
  return teardown;
}
