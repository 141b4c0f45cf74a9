/**
 * From a message to the rows it holds: one, or one for each element of an array. Each element is treated as if it had
 * come as the payload of a message of its own, so that keys, scores and the rest can be taken from it.
 */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisCommand } from '../../drivers/redis/session';
import { readText, type Settings } from '../settings-readers';
import { TypedInputs } from '../typed-inputs';
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
  readonly #value: TypedInputs<'value'>;
  readonly #fields: TypedInputs<RowField>;

  constructor(util: NodeAPI['util'], node: Node, settings: Settings, sinkSettings: SinkSettings) {
    this.#settings = sinkSettings;
    const input = <Name extends string>(field: Name, standard: unknown, type: string) => ({
      field,
      value: settings[field] ?? standard,
      type: readText(settings, `${field}Type`) || type,
    });
    this.#value = new TypedInputs(util, node, [input('value', 'payload', 'msg')]);
    this.#fields = new TypedInputs(
      util,
      node,
      ROW_FIELDS.map((field) => input(field, '', 'str')),
    );
  }

  /** Calls back once; at once unless a field comes from a context store or a JSONata expression. */
  plan(message: NodeMessageInFlow, callback: (error: PoolError | undefined, plan?: Plan) => void): void {
    resolve(this.#value, message, (error, { value }) => {
      if (error) return callback(error);
      if (this.#settings.arrays === 'one' || !Array.isArray(value)) {
        return this.#row(message, value, (row) => callback(undefined, { several: false, rows: [row] }));
      }
      this.#rows(message, value, (rows) => callback(undefined, { several: true, rows }));
    });
  }

  #rows(message: NodeMessageInFlow, elements: readonly unknown[], callback: (rows: PlannedRow[]) => void): void {
    const rows: PlannedRow[] = [];
    let missing = elements.length;
    if (missing === 0) return callback(rows);
    for (const [index, element] of elements.entries()) {
      this.#row({ ...message, payload: element }, element, (row) => {
        rows[index] = row;
        missing -= 1;
        if (missing === 0) callback(rows);
      });
    }
  }

  #row(message: NodeMessageInFlow, value: unknown, callback: (row: PlannedRow) => void): void {
    resolve(this.#fields, message, (error, fields) => {
      callback(error ? { error } : planRow({ ...fields, value }, this.#settings));
    });
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
  callback: (error: PoolError | undefined, fields: { [K in Name]?: unknown }) => void,
): void {
  if (!inputs.immediate) return inputs.resolveLater(message, callback);
  let fields: { [K in Name]?: unknown };
  try {
    fields = inputs.resolve(message);
  } catch (thrown) {
    return callback(PoolError.from(thrown, 'INVALID_TYPED_INPUT'), {});
  }
  callback(undefined, fields);
}
