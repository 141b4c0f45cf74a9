/** The named keys and arguments of a script, worked out for each message. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisArgument } from '../../drivers/redis/session';
import { ArgumentInputs } from '../redis-command/argument-inputs';
import type { OperationParts } from '../redis-command/operation';
import { encodeValue } from '../redis-payload';
import { readKey } from '../redis-sink/sink-row';
import { isPlainObject } from '../settings-readers';
import { isRest } from './script-text';
import { t } from '../../core/wording';

type ValuesCallback = (error: PoolError | undefined, values: readonly RedisArgument[]) => void;

export class ScriptInputs {
  /** The names in their order, empty where there is none. */
  readonly names: readonly string[];
  readonly #inputs: ArgumentInputs;
  readonly #what: 'key' | 'argument';

  /**
   * @param list elements with `name`, `value` and `type`
   * @throws PoolError `REDIS_INVALID_SCRIPT` for a name that takes the rest before the end
   */
  constructor({ util, node }: Pick<OperationParts, 'util' | 'node'>, list: unknown, what: 'key' | 'argument') {
    const elements: readonly unknown[] = Array.isArray(list) ? list : [];
    this.#what = what;
    this.names = elements.map((element) => {
      const name = isPlainObject(element) ? element['name'] : undefined;
      return typeof name === 'string' ? name.trim() : '';
    });
    const early = this.names.slice(0, -1).find(isRest);
    if (early !== undefined) {
      const message =
        what === 'key'
          ? t`"${early}" takes all that are left, so it must be the last key.`
          : t`"${early}" takes all that are left, so it must be the last argument.`;
      throw new PoolError('REDIS_INVALID_SCRIPT', message);
    }
    this.#inputs = new ArgumentInputs(util, node, elements, what);
  }

  /** Calls back once. Errors: `REDIS_INVALID_KEY`, `REDIS_INVALID_ARGUMENT`, `INVALID_TYPED_INPUT`. */
  resolve(message: NodeMessageInFlow, callback: ValuesCallback): void {
    this.#inputs.resolve(message, (error, values) => {
      if (error) return callback(error, []);
      let read: readonly RedisArgument[];
      try {
        read = values.flatMap((value, index) => this.#read(this.names[index] ?? '', value, index));
      } catch (thrown) {
        return callback(PoolError.from(thrown), []);
      }
      callback(undefined, read);
    });
  }

  #read(name: string, value: unknown, index: number): RedisArgument[] {
    const which = () => {
      const label = name ? `"${name}"` : index + 1;
      return this.#what === 'key' ? t`key ${label}` : t`argument ${label}`;
    };
    if (isRest(name) && Array.isArray(value)) return value.map((one: unknown) => this.#readOne(which, one));
    return [this.#readOne(which, value)];
  }

  #readOne(which: () => string, value: unknown): RedisArgument {
    if (this.#what === 'key') return readKey({ key: value }, which);
    if (value === undefined || value === null) {
      throw new PoolError('REDIS_INVALID_ARGUMENT', t`There is no value for the ${which()} in the message.`);
    }
    try {
      return encodeValue(value, 'auto');
    } catch (thrown) {
      const { message } = PoolError.from(thrown);
      throw new PoolError('REDIS_INVALID_ARGUMENT', t`The ${which()} of the script: ${message}`, { cause: thrown });
    }
  }
}
