/**
 * From a message to the rows it holds: one, or one for each element of an array. Each element is treated as if it had
 * come as the payload of a message of its own, so that keys, scores and the rest can be taken from it.
 */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisCommand } from '../../drivers/redis/session';
import { readText, type Settings } from '../settings-readers';
import { type FieldValues, TypedInputs } from '../typed-inputs';
import { ROW_FIELDS, type RowField, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';
import { toCommands } from './to-commands';

/** The commands of one row, or why there are none. */
export type PlannedRow =
  | { readonly commands: readonly RedisCommand[]; readonly error?: undefined }
  | { readonly error: PoolError; readonly commands?: undefined };

/** What a message asks for; `several` is whether the result is an array. */
export interface Plan {
  readonly several: boolean;
  readonly rows: readonly PlannedRow[];
}

export class RowPlanner {
  readonly #settings: SinkSettings;
  /** All of a row at once, for messages with one value. */
  readonly #row: TypedInputs<RowField | 'value'>;
  /** The value first, and then the rest for each of its elements. */
  readonly #value: TypedInputs<'value'>;
  readonly #fields: TypedInputs<RowField>;

  constructor(util: NodeAPI['util'], node: Node, settings: Settings, sinkSettings: SinkSettings) {
    this.#settings = sinkSettings;
    const input = <Name extends string>(field: Name, standard: unknown, type: string) => ({
      field,
      value: settings[field] ?? standard,
      type: readText(settings, `${field}Type`) || type,
    });
    const value = input('value', 'payload', 'msg');
    const fields = ROW_FIELDS.map((field) => input(field, '', 'str'));
    this.#row = new TypedInputs<RowField | 'value'>(util, node, [value, ...fields]);
    this.#value = new TypedInputs(util, node, [value]);
    this.#fields = new TypedInputs(util, node, fields);
  }

  /** Whether `plan` calls back before it returns: unless a field comes from a context store or JSONata. */
  get immediate(): boolean {
    return this.#row.immediate;
  }

  /** Calls back once. Never throws. */
  plan(message: NodeMessageInFlow, callback: (plan: Plan) => void): void {
    if (this.#settings.arrays === 'one') return this.#one(message, callback);
    const told = (rows: PlannedRow[]) => callback({ several: true, rows });
    resolve(this.#value, message, (error, { value }) => {
      if (error) callback({ several: false, rows: [{ error }] });
      else if (Array.isArray(value)) this.#each(message, value, told);
      else if (value === undefined && Array.isArray(message.payload)) this.#each(message, message.payload, told, true);
      else this.#one(message, callback);
    });
  }

  #one(message: NodeMessageInFlow, callback: (plan: Plan) => void): void {
    resolve(this.#row, message, (error, row) => {
      callback({ several: false, rows: [error ? { error } : planRow(row, this.#settings)] });
    });
  }

  /** @param partly the value is a part of each element, rather than the element itself */
  #each(
    message: NodeMessageInFlow,
    elements: readonly unknown[],
    callback: (rows: PlannedRow[]) => void,
    partly = false,
  ): void {
    const rows: PlannedRow[] = [];
    let missing = elements.length;
    if (missing === 0) return callback(rows);
    for (const [index, value] of elements.entries()) {
      const inputs: TypedInputs<RowField | 'value'> = partly ? this.#row : this.#fields;
      resolve(inputs, { ...message, payload: value }, (error, fields) => {
        rows[index] = error ? { error } : planRow(partly ? fields : { ...fields, value }, this.#settings);
        missing -= 1;
        if (missing === 0) callback(rows);
      });
    }
  }
}

function planRow(row: SinkRow, settings: SinkSettings): PlannedRow {
  try {
    return { commands: toCommands(row, settings) };
  } catch (thrown) {
    return { error: PoolError.from(thrown) };
  }
}

function resolve<Name extends string>(
  inputs: TypedInputs<Name>,
  message: NodeMessageInFlow,
  callback: (error: PoolError | undefined, fields: FieldValues<Name>) => void,
): void {
  if (!inputs.immediate) return inputs.resolveLater(message, callback);
  let fields: FieldValues<Name>;
  try {
    fields = inputs.resolve(message);
  } catch (thrown) {
    return callback(PoolError.from(thrown, 'INVALID_TYPED_INPUT'), {});
  }
  callback(undefined, fields);
}
