/** Waiting for something to become true, with a deadline and a description; never a fixed sleep. */

export const DEFAULT_DEADLINE_MILLIS = 15_000;
const POLL_MILLIS = 4;

/**
 * Polls `condition` until it is neither false nor undefined and returns its value.
 *
 * @param what completes the sentence "gave up waiting for …"; a function is asked only when the deadline has passed
 */
export async function waitFor<T>(
  condition: () => T | false | undefined,
  what: string | (() => string),
  deadlineMillis: number = DEFAULT_DEADLINE_MILLIS,
): Promise<T> {
  const deadline = Date.now() + deadlineMillis;
  for (;;) {
    const value = condition();
    if (value !== false && value !== undefined) return value;
    if (Date.now() > deadline) {
      throw new Error(`gave up waiting for ${typeof what === 'string' ? what : what()} after ${deadlineMillis} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}

/** The same for a condition that has to be asked for, of a server say. */
export async function waitForAsync(
  condition: () => Promise<boolean>,
  what: string,
  deadlineMillis: number = DEFAULT_DEADLINE_MILLIS,
): Promise<void> {
  const deadline = Date.now() + deadlineMillis;
  while (!(await within(condition(), what, deadlineMillis))) {
    if (Date.now() > deadline) throw new Error(`gave up waiting for ${what} after ${deadlineMillis} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5 * POLL_MILLIS));
  }
}

/** Settles as `promise` does, or rejects when it hasn't after the deadline. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  deadlineMillis: number = DEFAULT_DEADLINE_MILLIS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`gave up waiting for ${what} after ${deadlineMillis} ms`)),
      deadlineMillis,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asserts that `condition` stays false for a while: only for absences that no event can prove. */
export async function staysFalse(condition: () => boolean, what: string, forMillis: number): Promise<void> {
  const end = Date.now() + forMillis;
  while (Date.now() < end) {
    if (condition()) throw new Error(`unexpected: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}
