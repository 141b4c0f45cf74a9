/** Errors of scripts and functions, with the line they are in. */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

/** Tells that the server could not compile the script, or that it failed while it ran. */
export class ScriptError extends PoolError {
  /** Of the script as the editor shows it; undefined if the server doesn't say. */
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined, cause: unknown) {
    super('REDIS_SCRIPT_ERROR', message, { cause });
    this.line = line;
  }
}

/**
 * The error of a script, if it is one; every other error (of the connection, of permissions, or a code that the script
 * itself returned with `redis.error_reply`) stays as it is.
 *
 * @param what `script` or `library`, for the message
 */
export function toScriptError(error: PoolError, what: 'script' | 'library'): PoolError {
  const reply = error.cause instanceof Error ? error.cause.message : '';
  const place = /user_(?:script|function): ?(\d+)/.exec(reply);
  if (!place) {
    const generic = error.code === 'REDIS_SCRIPT_ERROR' || error.code === 'REDIS_ERROR';
    return generic ? new ScriptError(error.message, undefined, error.cause) : error;
  }
  const line = Number(place[1]);
  const words = reply
    .replace(/^ERR /, '')
    .replace(/ script: [^ ,]+, on @?user_(script|function): ?\d+\.?\s*$/, '')
    .replace(/@?user_(script|function): ?\d+: /g, '')
    .replace(/^Error running script \(call to \w+\): /, '')
    .replace(/\.$/, '');
  const text = what === 'script' ? t`Line ${line} of the script: ${words}.` : t`Line ${line} of the library: ${words}.`;
  return new ScriptError(text, line, error.cause);
}
