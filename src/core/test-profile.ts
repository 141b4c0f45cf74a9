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

export type TestResult =
  | {
      readonly ok: true;
      /** How long it took. */
      readonly millis: number;
      /** What the driver tells of the connection. */
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly ok: false; readonly millis: number; readonly error: PoolError };

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
    return { ok: false, millis: Math.round(performance.now() - began), error: PoolError.from(thrown) };
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
  let connection: DriverConnection<DriverSession> | undefined;
  try {
    const suffix = randomBytes(4).toString('hex');
    const apart = known.forTest?.(normal, suffix) ?? known.dedicate?.(normal, suffix) ?? normal;
    const opened = known.open(apart, {
      key: `${known.type}:test:${suffix}`,
      counters: newCounters(),
      lost: () => undefined,
      warn: () => undefined,
    });
    connection = opened;
    await connectWithin(opened, {
      address: known.describe(apart),
      timeoutMillis,
      signal: new AbortController().signal,
      end: () => endQuietly(opened),
    });
    const left = Math.max(1, timeoutMillis - elapsed());
    const found = opened.probe ? await probeWithin(opened.probe.bind(opened), known.describe(apart), left) : {};
    return { ok: true, millis: elapsed(), details: { ...opened.details?.(), ...found } };
  } catch (thrown) {
    return { ok: false, millis: elapsed(), error: PoolError.from(thrown) };
  } finally {
    if (connection) await endQuietly(connection);
  }
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
          `${address} took the connection, but did not answer in time; see what holds it up.`,
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
