/** One attempt to connect within a time limit, given up cleanly when it is late or no longer wanted. */
import type { DriverConnection, DriverSession } from './driver';
import { PoolError } from './errors';
import { t } from './wording';

export interface AttemptLimits {
  /** For the error text. */
  readonly address: string;
  readonly timeoutMillis: number;
  /** Ends the attempt from outside. */
  readonly signal: AbortSignal;
  /** Told when the driver answers after it was given up and its connection had to be ended. */
  readonly end: () => Promise<void>;
}

/** @throws PoolError what the driver says, `CONNECT_TIMEOUT`, or `CONNECTION_CLOSED` when the signal aborts */
export async function connectWithin(driver: DriverConnection<DriverSession>, limits: AttemptLimits): Promise<void> {
  const { address, timeoutMillis, signal, end } = limits;
  // A signal of its own for the driver: a timeout ends this attempt, not the trying.
  const attempt = new AbortController();
  let giveUp: (error: PoolError) => void = () => undefined;
  const gaveUp = new Promise<never>((_, reject) => {
    giveUp = (error) => {
      // At once: the driver may be about to answer.
      attempt.abort();
      reject(error);
    };
  });
  const onAbort = () => giveUp(closedError(address));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    const error = t`${address} did not answer within ${timeoutMillis / 1000} s; check address, port and network.`;
    giveUp(new PoolError('CONNECT_TIMEOUT', error));
  }, timeoutMillis);
  timer.unref();
  const connect = async () => {
    await driver.connect(attempt.signal);
    // A driver that answers after it was given up has made a connection nobody knows: end it.
    if (attempt.signal.aborted) await end();
  };
  try {
    await Promise.race([connect(), gaveUp]);
  } catch (thrown) {
    attempt.abort();
    throw thrown;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

export function closedError(address: string): PoolError {
  return new PoolError('CONNECTION_CLOSED', t`The connection to ${address} was closed.`);
}
