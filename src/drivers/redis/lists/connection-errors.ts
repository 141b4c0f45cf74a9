/** Tells a command that failed for want of a connection from one the server refused. */
import type { PoolError } from '../../../core/errors';

const CODES = new Set([
  'REDIS_CONNECTION_LOST',
  'REDIS_NOT_SENT',
  'REDIS_NO_ANSWER',
  'REDIS_TIMEOUT',
  'CONNECTION_CLOSED',
]);

export function isConnectionError(error: PoolError): boolean {
  return CODES.has(error.code);
}

/** The server doesn't know the command, or doesn't allow it to this user, whatever the key. */
export function isCommandRefused(error: PoolError): boolean {
  return error.code === 'REDIS_UNKNOWN_COMMAND' || /permissions to run the/i.test(error.message);
}
