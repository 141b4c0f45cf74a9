/**
 * Trying settings out before they are saved: one attempt on a connection of its own, which no lease, no snapshot and no
 * listener ever sees and of which nothing is left.
 */
import { randomBytes } from 'node:crypto';
import { connectWithin } from './connect-within';
import { newCounters } from './counters';
import type { Driver, DriverConnection, DriverSession } from './driver';
import { PoolError } from './errors';
import type { Pool } from './pool';
import { type TestStep, type TestStepName, TestSteps } from './test-steps';
import { t } from './wording';

export type TestResult =
  | {
      readonly ok: true;
      /** How long it took. */
      readonly millis: number;
      /** What was reached, one after the other. */
      readonly steps: readonly TestStep[];
      /** What the driver tells of the connection. */
      readonly details: Readonly<Record<string, unknown>>;
    }
  | {
      readonly ok: false;
      readonly millis: number;
      readonly steps: readonly TestStep[];
      /** The step it failed at; undefined when it never came to connecting. */
      readonly failed: TestStepName | undefined;
      readonly error: PoolError;
    };

const RESET: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** What the port may be for instead, by the step that failed. */
const OTHER_LANGUAGE: Readonly<Partial<Record<TestStepName, () => string>>> = {
  secure: () => t`it may speak no TLS on this port; choose its port for TLS, or switch TLS off.`,
  login: () => t`it may want TLS, or speak another protocol; check the port and whether TLS is on.`,
};

/**
 * Connects once with these settings. Never throws: settings that can't work are a result, too.
 *
 * @param driver a driver, or the type name of one that is registered with the pool
 * @param timeoutMillis the most it may take, whatever the settings say
 */
export async function testProfile<Profile, Session extends DriverSession>(
  pool: Pool,
  driver: Driver<Profile, Session> | string,
  profile: Profile,
  timeoutMillis: number,
): Promise<TestResult> {
  const began = performance.now();
  try {
    const known = typeof driver === 'string' ? (pool.driver(driver) as Driver<Profile, DriverSession>) : driver;
    return await testNormalised(known, known.normalise(profile), timeoutMillis);
  } catch (thrown) {
    const millis = Math.round(performance.now() - began);
    return { ok: false, millis, steps: [], failed: undefined, error: PoolError.from(thrown) };
  }
}

/** The same for settings that the driver has normalised already. */
export async function testNormalised<Profile, Session extends DriverSession>(
  known: Driver<Profile, Session>,
  normal: Profile,
  timeoutMillis: number,
): Promise<TestResult> {
  const began = performance.now();
  const elapsed = () => Math.round(performance.now() - began);
  const steps = new TestSteps();
  let connection: DriverConnection<DriverSession> | undefined;
  let address = '';
  let limit = timeoutMillis;
  try {
    const suffix = randomBytes(4).toString('hex');
    const apart = known.forTest?.(normal, suffix) ?? known.dedicate?.(normal, suffix) ?? normal;
    address = known.describe(apart);
    let lose: (error: PoolError) => void = () => undefined;
    const lost = new Promise<never>((_resolve, reject) => {
      lose = reject;
    });
    // Nobody may be waiting for it.
    lost.catch(() => undefined);
    const opened = known.open(apart, {
      key: `${known.type}:test:${suffix}`,
      counters: newCounters(),
      test: steps,
      // When the answer is there, what becomes of the connection is no matter any more.
      lost: (error) => steps.current === 'answer' && lose(error),
      warn: () => undefined,
    });
    connection = opened;
    limit = Math.min(timeoutMillis, known.connectTimeoutMillis?.(apart) ?? timeoutMillis);
    await connectWithin(opened, {
      address,
      timeoutMillis: limit,
      signal: new AbortController().signal,
      end: () => endQuietly(opened),
    });
    steps.connected();
    const left = Math.max(1, timeoutMillis - elapsed());
    const probe = (signal: AbortSignal) => Promise.race([opened.probe?.(signal) ?? {}, lost]);
    const found = await probeWithin(probe, address, left);
    if (opened.probe) steps.answered();
    return { ok: true, millis: elapsed(), steps: steps.done, details: { ...opened.details?.(), ...found } };
  } catch (thrown) {
    const error = explain(PoolError.from(thrown), { address, current: steps.current, limit });
    return { ok: false, millis: elapsed(), steps: steps.done, failed: steps.current, error };
  } finally {
    if (connection) await endQuietly(connection);
  }
}

interface Failed {
  readonly address: string;
  readonly current: TestStepName | undefined;
  /** What it was given to connect, in milliseconds. */
  readonly limit: number;
}

/** A server that takes the connection and then says nothing, or hangs up, is there: it rather speaks something else. */
function explain(error: PoolError, { address, current, limit }: Failed): PoolError {
  const cause = (error.cause as { code?: unknown } | undefined)?.code;
  const silent = error.code === 'CONNECT_TIMEOUT';
  const why = current && OTHER_LANGUAGE[current]?.();
  if (!why || !(silent || RESET.has(cause))) return error;
  const asked = current === 'secure' ? t`the start of TLS` : t`the login`;
  const text = silent
    ? t`${address} took the connection (TCP), but did not answer ${asked} within ${limit / 1000} s: ${why}`
    : t`${address} took the connection, but hung up: ${why}`;
  return new PoolError(error.code, text, { kind: error.kind, cause: error });
}

/** @throws PoolError why the server doesn't take what it is asked, or `CONNECT_TIMEOUT` */
async function probeWithin<T>(probe: (signal: AbortSignal) => Promise<T>, address: string, millis: number): Promise<T> {
  const attempt = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new PoolError(
          'CONNECT_TIMEOUT',
          t`${address} took the connection, but did not answer in time; see what holds it up.`,
        ),
      );
      attempt.abort();
    }, millis);
    timer.unref();
  });
  try {
    return await Promise.race([probe(attempt.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An end that fails changes nothing about the result. */
async function endQuietly(connection: DriverConnection<DriverSession>): Promise<void> {
  try {
    await connection.disconnect(true);
  } catch {
    // Nobody is interested any more.
  }
}
