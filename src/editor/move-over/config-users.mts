/** Who uses which configuration nodes: nodes of any type, also by the environment of a subflow or group. */
import type { FlowNode } from './flow-json.mjs';

/** The ids of the users by the id of the configuration node. */
export function usersOf(flow: readonly FlowNode[], configType: string): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map(flow.filter(({ type }) => type === configType).map(({ id }) => [id, new Set<string>()]));
  for (const node of flow) {
    for (const [property, value] of Object.entries(node)) {
      if (!['id', 'z', 'g', 'wires', 'type'].includes(property)) note(value, node.id);
    }
  }
  return users;

  function note(value: unknown, user: string): void {
    if (typeof value === 'string') users.get(value)?.add(user);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) note(one, user);
  }
}
