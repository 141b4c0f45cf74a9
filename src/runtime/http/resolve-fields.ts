/** The typed inputs of a node: at once where that is possible, else as a promise. */
import type { NodeMessageInFlow } from 'node-red';
import type { FieldValues, TypedInputs } from '../typed-inputs';

/** @throws PoolError what the inputs throw, such as `INVALID_TYPED_INPUT` */
export function resolveFields(
  inputs: TypedInputs<string>,
  message: NodeMessageInFlow,
): FieldValues<string> | Promise<FieldValues<string>> {
  if (inputs.immediate) return inputs.resolve(message);
  return new Promise((resolve, reject) => {
    inputs.resolveLater(message, (error, fields) => (error ? reject(error) : resolve(fields)));
  });
}
