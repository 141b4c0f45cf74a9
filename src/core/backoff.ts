/**
 * When to try again: exponential with full jitter, so that many connections don't come back in lockstep; refusals are
 * retried slowly and keep at least half of their delay, because hurrying can't mend them.
 */
import type { ErrorKind } from './errors';

export interface BackoffOptions {
  /** Upper bound of the first delay. @default 100 */
  readonly initialMillis: number;
  /** Upper bound of every delay. @default 10000 */
  readonly maximumMillis: number;
  /** Upper bound of the first delay after a refusal. @default 5000 */
  readonly refusedMillis: number;
  /** Upper bound of every delay after refusals. @default 60000 */
  readonly refusedMaximumMillis: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = {
  initialMillis: 100,
  maximumMillis: 10_000,
  refusedMillis: 5_000,
  refusedMaximumMillis: 60_000,
};

/**
 * The delay before the attempt that follows failed attempt number `attempt`.
 *
 * @param attempt failed attempts in a row, from 1
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function backoffDelay(kind: ErrorKind, attempt: number, random: number, options: BackoffOptions): number {
  const refused = kind === 'refused';
  const base = refused ? options.refusedMillis : options.initialMillis;
  const bound = Math.min(refused ? options.refusedMaximumMillis : options.maximumMillis, base * 2 ** (attempt - 1));
  return Math.round(refused ? bound / 2 + (random * bound) / 2 : random * bound);
}
