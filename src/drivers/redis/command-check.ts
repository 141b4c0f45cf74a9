/** What a caller gives as a command, made ready for the wire, or the reason why it can't be. */
import { PoolError } from '../../core/errors';
import type { RedisArgument, RedisCommand } from './session';
import { t } from '../../core/wording';

/**
 * The command with its name in upper case; `client setname` becomes CLIENT with a first argument SETNAME.
 *
 * @throws PoolError `REDIS_INVALID_ARGUMENT`
 */
export function checkCommand(command: RedisCommand): RedisCommand {
  const { name, args } = command;
  if (isReady(name, args)) return command;
  if (typeof name !== 'string' || name.trim() === '') throw invalid(t`A command needs a name, such as GET.`);
  const [first = '', ...subcommands] = name.trim().split(/\s+/);
  const upper = first.toUpperCase();
  if (!Array.isArray(args)) throw invalid(t`The arguments of ${upper} must be an array.`);
  const checked = (args as readonly RedisArgument[]).map((arg, index) =>
    checkArgument(arg, () => t`Argument ${index + 1} of ${upper}`),
  );
  return { name: upper, args: subcommands.length > 0 ? [...subcommands, ...checked] : checked };
}

/** Most commands come as they are to be sent. */
function isReady(name: unknown, args: unknown): boolean {
  if (typeof name !== 'string' || !/^[A-Z][A-Z.]*$/.test(name) || !Array.isArray(args)) return false;
  for (const arg of args as unknown[]) if (typeof arg !== 'string' && !Buffer.isBuffer(arg)) return false;
  return true;
}

function checkArgument(arg: unknown, what: () => string): string | Buffer {
  if (typeof arg === 'string' || Buffer.isBuffer(arg)) return arg;
  if (typeof arg === 'number' && !Number.isNaN(arg)) return numberText(arg);
  if (typeof arg === 'bigint') return String(arg);
  const kind =
    arg === null
      ? 'null'
      : Array.isArray(arg)
        ? t`an array`
        : Number.isNaN(arg)
          ? t`not a number`
          : t`of type ${typeof arg}`;
  throw invalid(t`${what()} is ${kind}; use text, a number or a buffer.`);
}

/** As Redis writes them: no exponents for whole numbers, inf and -inf. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : String(value);
}

function invalid(message: string): PoolError {
  return new PoolError('REDIS_INVALID_ARGUMENT', message);
}
