/** Flow JSON as the editor exports it, and readers for what old versions, imports and people may have put into it. */

export type Properties = Readonly<Record<string, unknown>>;

/** A node of the flow. Its wires and its place are not looked at here: they stay as they are. */
export interface FlowNode extends Properties {
  readonly id: string;
  readonly type: string;
  /** The flow or subflow it is in; a configuration node may have none. */
  readonly z?: string;
}

/** Something to be said of a node: the key of a remark in the catalogue, and what its text names. */
export interface Remark {
  readonly code: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** A node as it would become. */
export interface Conversion {
  readonly type: string;
  /** Without id, name, flow and what else every node has. */
  readonly properties: Properties;
  /** What has no counterpart: such a node is left alone unless the user wants it all the same. */
  readonly obstacles: readonly Remark[];
  /** What the user should know of a node that moves. */
  readonly remarks: readonly Remark[];
  /** Secrets that stood in the flow and now go to where Node-RED keeps them encrypted. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** Or why it can't become anything. */
export type Converted = Conversion | { readonly impossible: Remark };

export function remark(code: string, values?: Readonly<Record<string, string>>): Remark {
  return values ? { code, values } : { code };
}

/** Text, and numbers as text; everything else as empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A whole number as the core nodes read one ("60 s" is 60), within bounds; undefined if it is none. */
export function integerOf(value: unknown, minimum: number, maximum: number): number | undefined {
  const number =
    typeof value === 'number' || typeof value === 'string' ? Number.parseInt(String(value), 10) : Number.NaN;
  return number >= minimum && number <= maximum ? number : undefined;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/**
 * The environment variable in whose place Node-RED puts its value when the flow starts, `${NAME}` or as of old `$(NAME)`;
 * undefined if the property is none. What the value will be is unknown here.
 */
export function variableOf(value: unknown): string | undefined {
  const found = typeof value === 'string' ? /^\$(?:\{(\S+)\}|\((\S+)\))$/.exec(value) : null;
  return found?.[1] ?? found?.[2];
}

export function isVariable(value: unknown): value is string {
  return variableOf(value) !== undefined;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that JSON text stands for; undefined if it isn't that. */
export function parseObject(text: string): Properties | undefined {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : undefined;
}

/** Undefined if it isn't JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
