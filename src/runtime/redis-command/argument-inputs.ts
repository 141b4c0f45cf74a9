/** The arguments of a command as a list of typed inputs in the node, or as one array from a property. */
import type { Node, NodeMessageInFlow } from 'node-red';
import type { PoolError } from '../../core/errors';
import { isPlainObject } from '../settings-readers';
import { TypedInputs } from '../typed-inputs';
import { resolveInputs, type Util } from './operation';

export class ArgumentInputs {
  readonly #inputs: TypedInputs<string>;
  readonly #names: readonly string[];
  readonly #empty = new Set<string>();

  /** @param list elements with `value` and `type`; anything else in it counts as text */
  constructor(util: Util, node: Node, list: readonly unknown[], what = 'argument') {
    const inputs = list.map((element, index) => {
      const { value, type }: Record<string, unknown> = isPlainObject(element) ? element : { value: element };
      const field = `${what} ${index + 1}`;
      return { field, value, type: typeof type === 'string' && type !== '' ? type : 'str' };
    });
    this.#names = inputs.map(({ field }) => field);
    // An empty text is an argument, too.
    for (const { field, value, type } of inputs) if (type === 'str' && value === '') this.#empty.add(field);
    this.#inputs = new TypedInputs(util, node, inputs);
  }

  /** Calls back once with the values in their order; those that are not there are undefined. */
  resolve(
    message: NodeMessageInFlow,
    callback: (error: PoolError | undefined, values: readonly unknown[]) => void,
  ): void {
    resolveInputs(this.#inputs, message, (error, fields) => {
      const valueOf = (name: string): unknown => (this.#empty.has(name) ? '' : fields[name]);
      callback(error, error ? [] : this.#names.map(valueOf));
    });
  }
}
