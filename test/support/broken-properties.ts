/** Nodes as a flow file may hold them that was written by hand, by another version or by a machine: with wrong properties. */
import type { EditorType } from './editor-dialog';
import type { FlowNode } from './own-node-red';
import type { Random } from './random';

type Value = unknown;

/** Values of every kind that JSON knows; `undefined` stands for a property that is missing. */
export const KINDS: Readonly<Record<string, Value>> = {
  missing: undefined,
  null: null,
  number: -7.5,
  boolean: true,
  text: '<b>not expected</b>',
  list: [null, 1, { a: [] }, 'x'],
  object: { value: { value: 1 }, length: 3 },
};

const PLACE = { x: 200, y: 100, wires: [] };

function node(id: string, type: string, category: string, properties: Readonly<Record<string, Value>>): FlowNode {
  return { id, type, ...(category === 'config' ? {} : PLACE), ...properties };
}

/** A node for each of these kinds of value, in which all properties have it. */
export function wronglyTyped(type: string, { category, defaults }: EditorType, kinds: readonly string[]): FlowNode[] {
  return kinds.map((kind) => {
    const properties = Object.keys(defaults).map((name) => [name, KINDS[kind]] as const);
    return node(`${type}-${kind}`, type, category, { ...Object.fromEntries(properties), unheardOf: { of: [] } });
  });
}

/** A node in which each property is as by default, or wrong in a way of its own. */
export function randomlyWrong(
  type: string,
  { category, defaults }: EditorType,
  index: number,
  random: Random,
): FlowNode {
  const properties = Object.entries(defaults).map(([name, { value }]) => {
    return [name, random.chance(0.5) ? value : KINDS[random.pick(Object.keys(KINDS))]] as const;
  });
  return node(`${type}-random-${index}`, type, category, Object.fromEntries(properties));
}
