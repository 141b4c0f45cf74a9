/** Whether and when a request is tried again. */
import { backoffDelay } from '../../core/backoff';
import type { Again } from './http-error';
import type { HttpRetry } from './profile';
import type { HttpHeaders } from './session';

/** Methods for which twice is the same as once (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
/** Statuses that say that nothing was done. */
const NOTHING_DONE = new Set([429, 503]);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/**
 * The delay after a failure, in milliseconds; undefined for no further attempt.
 *
 * @param tried attempts so far
 */
export function delayAfterFailure(
  again: Again,
  repeatable: boolean,
  tried: number,
  retry: HttpRetry,
): number | undefined {
  if (tried >= retry.attempts || again === 'never' || (again === 'repeatable' && !repeatable)) return undefined;
  return backoff(tried, retry);
}

/** The same after an answer. */
export function delayAfterStatus(
  status: number,
  headers: HttpHeaders,
  repeatable: boolean,
  tried: number,
  retry: HttpRetry,
): number | undefined {
  if (tried >= retry.attempts || !retry.statuses.includes(status)) return undefined;
  if (!repeatable && !NOTHING_DONE.has(status)) return undefined;
  const asked = retryAfterMillis(headers['retry-after'], Date.now());
  if (asked === undefined) return backoff(tried, retry);
  // Told to come back at once, or at a time that is past by this clock, it still leaves the server more time with each try.
  if (asked === 0) return backoff(tried, retry);
  // The jitter keeps all who were told the same from coming back in the same moment.
  return asked > retry.maxRetryAfterMillis ? undefined : asked + Math.random() * Math.min(asked, retry.initialMillis);
}

/** `Retry-After` (RFC 9110, 10.2.3) in milliseconds from now: seconds, or a date. */
export function retryAfterMillis(value: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // Date.parse would make a date of nearly any number, such as -1 and 1.5.
  const date = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function backoff(tried: number, { initialMillis, maximumMillis }: HttpRetry): number {
  const options = { initialMillis, maximumMillis, refusedMillis: initialMillis, refusedMaximumMillis: maximumMillis };
  return backoffDelay('retry', tried, Math.random(), options);
}
