/**
 * The typed inputs of a node: where topic, key and the other fields come from. Constants are worked out once; message
 * properties and the like at once for each message; context stores and JSONata may take their time.
 */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../core/errors';
import { messageProperty } from './message-property';
import { compileTemplate, type TemplateOptions } from './templates';
import { t } from '../core/wording';

type Util = NodeAPI['util'];

/** The values of the fields; those that are not set in the node are missing. */
export type FieldValues<Name extends string> = { [K in Name]?: unknown };

type FieldsCallback<Name extends string> = (error: PoolError | undefined, fields: FieldValues<Name>) => void;

/**
 * One field of a node as its flow JSON holds it; no type means plain text. Besides Node-RED's types there is `template`:
 * text with message properties in it, see templates.ts.
 */
export interface TypedInput<Name extends string> {
  readonly field: Name;
  readonly value: unknown;
  readonly type: string;
  /** For templates. */
  readonly template?: TemplateOptions;
}

/** Evaluates the fields that differ from message to message. */
type SyncSource = (message: NodeMessageInFlow) => unknown;
type AsyncSource = (message: NodeMessageInFlow, callback: (error: Error | null, value: unknown) => void) => void;

export class TypedInputs<Name extends string> {
  readonly #constants: FieldValues<Name> = {};
  readonly #sync: [Name, SyncSource][] = [];
  /** The constants, and nothing yet for what differs from message to message. */
  readonly #blank: FieldValues<Name>;
  readonly #async: [Name, AsyncSource][] = [];
  #problem: PoolError | undefined;

  constructor(util: Util, node: Node, inputs: readonly TypedInput<Name>[]) {
    for (const input of inputs) {
      if (input.value === undefined || input.value === null || input.value === '') continue;
      try {
        this.#add(util, node, input);
      } catch (thrown) {
        this.#problem ??= invalidInput(input, thrown);
      }
    }
    this.#blank = { ...this.#constants };
    for (const [field] of this.#sync) this.#blank[field] = undefined;
  }

  /** Whether `resolve` can answer; otherwise only `resolveLater` can. */
  get immediate(): boolean {
    return this.#async.length === 0;
  }

  /** @throws PoolError `INVALID_TYPED_INPUT`, or what a template throws */
  resolve(message: NodeMessageInFlow): FieldValues<Name> {
    if (this.#problem) throw this.#problem;
    if (this.#sync.length === 0) return this.#constants;
    // A copy that has all of its fields from the start is made in one go.
    const fields: FieldValues<Name> = { ...this.#blank };
    for (const [field, source] of this.#sync) fields[field] = source(message);
    return fields;
  }

  /** Calls back once, also with what `resolve` would throw. */
  resolveLater(message: NodeMessageInFlow, callback: FieldsCallback<Name>): void {
    const fields: FieldValues<Name> = {};
    let waitingFor = this.#async.length;
    let failed = false;
    const fail = (thrown: unknown) => {
      if (failed) return;
      failed = true;
      callback(PoolError.from(thrown, 'INVALID_TYPED_INPUT'), fields);
    };
    try {
      Object.assign(fields, this.resolve(message));
    } catch (thrown) {
      fail(thrown);
      return;
    }
    for (const [field, source] of this.#async) {
      source(message, (error, value) => {
        if (error) return fail(error);
        fields[field] = value;
        waitingFor -= 1;
        if (waitingFor === 0 && !failed) callback(undefined, fields);
      });
    }
  }

  #add(util: Util, node: Node, input: TypedInput<Name>): void {
    const { field, type } = input;
    const value = String(input.value);
    switch (type) {
      case 'str':
        this.#constants[field] = input.value;
        return;
      case 'num':
      case 'bool':
      case 'json':
      case 'bin':
        this.#constants[field] = util.evaluateNodeProperty(value, type, node, {}) as unknown;
        return;
      case 'msg':
        this.#sync.push([field, messageProperty(util, value)]);
        return;
      case 'template':
        this.#sync.push([field, compileTemplate(util, value, input.template)]);
        return;
      case 'flow':
      case 'global':
        this.#async.push([
          field,
          (message, callback) => {
            attempt(input, callback, (done) => util.evaluateNodeProperty(value, type, node, message, done));
          },
        ]);
        return;
      case 'jsonata': {
        const expression = util.prepareJSONataExpression(value, node);
        this.#async.push([
          field,
          (message, callback) => {
            attempt(input, callback, (done) => util.evaluateJSONataExpression(expression, message, done));
          },
        ]);
        return;
      }
      default:
        this.#sync.push([field, (message) => evaluate(util, node, input, value, message)]);
    }
  }
}

function evaluate(
  util: Util,
  node: Node,
  input: TypedInput<string>,
  value: string,
  message: NodeMessageInFlow,
): unknown {
  try {
    return util.evaluateNodeProperty(value, input.type, node, message) as unknown;
  } catch (thrown) {
    throw invalidInput(input, thrown);
  }
}

/** Runs an evaluation that may throw, call back with an error, or with a value: one answer in any case. */
function attempt(
  input: TypedInput<string>,
  callback: (error: Error | null, value: unknown) => void,
  run: (done: (error: Error | null, value: unknown) => void) => void,
): void {
  try {
    run((error, value) => callback(error ? invalidInput(input, error) : null, value));
  } catch (thrown) {
    callback(invalidInput(input, thrown), undefined);
  }
}

function invalidInput({ field, type }: TypedInput<string>, thrown: unknown): PoolError {
  // JSONata throws plain objects with a message.
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  const why = typeof message === 'string' ? message : String(thrown);
  return new PoolError('INVALID_TYPED_INPUT', t`The ${field} of the node (${type}) can't be worked out: ${why}`, {
    cause: thrown,
  });
}
