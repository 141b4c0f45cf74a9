/** Errors of the admin API: every one is a status and `{ error: { code, message } }`, whatever part of the package it is from. */
import { PoolError } from '../../core/errors';

/** What an answer says of an error. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    /** What happened, and what to change. */
    readonly message: string;
    readonly [further: string]: unknown;
  };
}

/** An error that is the API's own, or that says more than a code and a message. */
export class ApiError extends PoolError {
  readonly status: number;
  readonly further: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, further: Readonly<Record<string, unknown>> = {}) {
    super(code, message);
    this.status = status;
    this.further = further;
  }
}

/** By the code of the error; a code that isn't here says that the server of a connection can't be reached or refuses. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['CONNECTION_UNKNOWN', 404],
  ['CONNECTION_AMBIGUOUS', 409],
  ['CONNECTION_PAUSED', 409],
  ['CONNECTION_CLOSED', 409],
  ['NAMED_PROFILE_UNKNOWN', 404],
  ['NAMED_PROFILE_INVALID', 400],
  ['NAMED_PROFILE_TYPE', 400],
  ['NAMED_PROFILE_NOT_MANAGED', 409],
  ['PROFILE_FILE_SYNTAX', 409],
  ['PROFILE_FILE_UNREADABLE', 500],
  ['PROFILE_FILE_UNWRITABLE', 500],
]);

const BAD_GATEWAY = 502;

/** The status and the body for anything thrown; undefined when it is a mistake of this package, not to be shown. */
export function describeError(thrown: unknown): { readonly status: number; readonly body: ErrorBody } | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'PoolError') return undefined;
  const { code, message } = PoolError.from(thrown);
  const { status, further } = thrown instanceof ApiError ? thrown : { status: STATUSES.get(code), further: {} };
  return { status: status ?? BAD_GATEWAY, body: { error: { code, message, ...further } } };
}
