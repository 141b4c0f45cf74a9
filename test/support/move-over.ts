/** For the tests of moving over: the conversion itself, and flows of the nodes that move. */
import type { Family } from '../../src/editor/move-over/families.mjs' with { 'resolution-mode': 'import' };
import type { Conversion, FlowNode } from '../../src/editor/move-over/flow-json.mjs' with {
  'resolution-mode': 'import',
};
import type { MoveOptions, Plan } from '../../src/editor/move-over/plan.mjs' with { 'resolution-mode': 'import' };

export type { Conversion, FlowNode, Plan };

/** The plan for a flow, with ids that are `new-1`, `new-2`, … */
export async function plan(
  name: 'mqtt' | 'redis',
  flow: readonly object[],
  options: Partial<MoveOptions> = {},
): Promise<Plan> {
  const { planMove } = await import('../../src/editor/move-over/plan.mjs');
  let count = 0;
  return planMove(flow as readonly FlowNode[], await family(name), { newId: () => `new-${(count += 1)}`, ...options });
}

/** What becomes of one node, or of a configuration node. */
export async function convert(name: 'mqtt' | 'redis', node: object, ids: readonly string[] = []): Promise<Conversion> {
  const { toNode, toProfile } = await family(name);
  const given = { id: 'one', ...node } as unknown as FlowNode;
  const converted = toNode[given.type]?.(given) ?? toProfile(given, (id) => ids.includes(id));
  if ('impossible' in converted) throw new Error(`impossible: ${converted.impossible.code}`);
  return converted;
}

/** What is said of a node or profile, by code. */
export function codes({ obstacles, remarks }: Conversion): { obstacles: string[]; remarks: string[] } {
  return { obstacles: obstacles.map(({ code }) => code), remarks: remarks.map(({ code }) => code) };
}

async function family(name: 'mqtt' | 'redis'): Promise<Family> {
  const { mqttFamily, redisFamily } = await import('../../src/editor/move-over/families.mjs');
  return name === 'mqtt' ? mqttFamily : redisFamily;
}
