/**
 * Errors as values for people: every error of the pool carries a stable `code`, a message that says what happened
 * and what to change, and, where there is one, the technical `cause`.
 */

/** Codes the core itself uses. Drivers add their own, prefixed with the protocol (`MQTT_…`). */
export type CoreErrorCode =
  | 'POOL_CLOSED'
  | 'POOL_UNKNOWN_DRIVER'
  | 'POOL_INVALID_PROFILE'
  | 'LEASE_RELEASED'
  | 'LEASE_RELEASED_TWICE'
  | 'CONNECTION_CLOSED'
  | 'CONNECTION_PAUSED'
  | 'CONNECTION_UNKNOWN'
  | 'CONNECTION_AMBIGUOUS'
  | 'CONNECT_TIMEOUT'
  | 'DRIVER_FAILED'
  | 'QUEUE_FULL'
  | 'QUEUE_DROPPED'
  | 'QUEUE_EXPIRED';

/** How a connection error is to be treated: `retry` soon with backoff, or `refused`: slow retries, said once. */
export type ErrorKind = 'retry' | 'refused';

export interface PoolErrorOptions {
  readonly cause?: unknown;
  /** @default 'retry' */
  readonly kind?: ErrorKind;
  readonly detail?: ErrorDetail;
}

/** The parts of a message, for those who put them into words of their own; in the language of the message. */
export interface ErrorDetail {
  /** The setting that is wrong. */
  readonly setting?: string;
  /** What is wrong; completes a sentence that begins with the setting, or the value. */
  readonly fault?: string;
  /** The message without the advice where to mend it. */
  readonly statement?: string;
}

/** The one error class of this package. Test `error.code`, never the message. */
export class PoolError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  /** Absent, too, in an error of another copy of this package. */
  readonly detail: ErrorDetail | undefined;

  constructor(code: CoreErrorCode | (string & {}), message: string, options: PoolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PoolError';
    this.code = code;
    this.kind = options.kind ?? 'retry';
    this.detail = options.detail;
  }

  /** Wraps anything thrown into a `PoolError`, keeping one that already is. */
  static from(thrown: unknown, code: CoreErrorCode | (string & {}) = 'DRIVER_FAILED'): PoolError {
    // By name, not by class: another copy of this package may have thrown it.
    if (thrown instanceof Error && thrown.name === 'PoolError' && 'code' in thrown) return thrown as PoolError;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new PoolError(code, message, { cause: thrown });
  }
}
