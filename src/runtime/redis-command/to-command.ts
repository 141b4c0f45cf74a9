/** From the values of a flow to commands: a name with its arguments, as settings and messages write them. */
import { PoolError } from '../../core/errors';
import type { RedisArgument, RedisCommand } from '../../drivers/redis/session';
import { encodeValue, kindOf } from '../redis-payload';
import { isPlainObject } from '../settings-readers';
import { t } from '../../core/wording';

/**
 * A command from its name and its arguments. Further words of the name are its first arguments (`CONFIG GET`), and an
 * array in place of the name is the whole command. One argument need not be an array.
 *
 * @throws PoolError `REDIS_INVALID_COMMAND`, `REDIS_INVALID_ARGUMENT`
 */
export function toCommand(name: unknown, args: unknown = []): RedisCommand {
  if (Array.isArray(name)) {
    const [first, ...rest] = name as unknown[];
    return toCommand(Array.isArray(first) ? undefined : first, [...rest, ...asArray(args)]);
  }
  const [word, ...words] = typeof name === 'string' ? name.trim().split(/\s+/) : [];
  if (!word) {
    const what = name === undefined || name === null || name === '' ? t`is missing` : t`is ${kindOf(name)}`;
    throw new PoolError('REDIS_INVALID_COMMAND', t`The name of the command ${what}; it must be text such as "GET".`);
  }
  return { name: word.toUpperCase(), args: [...words, ...toArguments(word, asArray(args))] };
}

/**
 * Several commands from an array: each a command's name with its arguments as an array, an object with `command` and
 * `args`, or text.
 *
 * @throws PoolError `REDIS_INVALID_COMMAND`, `REDIS_INVALID_ARGUMENT`, naming the place in the array
 */
export function toCommands(value: unknown): RedisCommand[] {
  if (!Array.isArray(value)) {
    const form = '[["SET", "key", "value"], ["INCR", "counter"]]';
    throw new PoolError(
      'REDIS_INVALID_COMMAND',
      t`The commands must be an array such as ${form}, not ${kindOf(value)}.`,
    );
  }
  return (value as unknown[]).map((element, index) => {
    try {
      return isPlainObject(element) ? toCommand(element['command'], element['args']) : toCommand(element);
    } catch (thrown) {
      const { code, message } = PoolError.from(thrown);
      throw new PoolError(code, t`Command ${index + 1} of ${value.length}: ${message}`, { cause: thrown });
    }
  });
}

/**
 * Arguments of any kind: text, numbers, booleans and bytes as they are, objects and arrays as JSON.
 *
 * @param what the command they are for, for the error
 * @throws PoolError `REDIS_INVALID_ARGUMENT` for undefined, null and what has no form in Redis
 */
export function toArguments(what: string, values: readonly unknown[]): RedisArgument[] {
  return values.map((value, index) => {
    try {
      return encodeValue(value, 'auto');
    } catch (thrown) {
      const { message } = PoolError.from(thrown);
      throw new PoolError('REDIS_INVALID_ARGUMENT', t`Argument ${index + 1} of ${what}: ${message}`, { cause: thrown });
    }
  });
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
}
