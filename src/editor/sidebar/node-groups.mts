/** The nodes of a connection by the flow they are on, as people look for them. */
import type { LiveDetails } from '../../runtime/live/live-message.js';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export type ConnectionNode = LiveDetails['nodes'][number];

export interface NodeGroup {
  /** The id of the tab or of the instance of a subflow; empty for config nodes, which are on no flow. */
  readonly id: string;
  readonly label?: string;
  readonly nodes: readonly ConnectionNode[];
}

/** Flows by their names, those without one after them, config nodes last. */
export function groupNodes(nodes: readonly ConnectionNode[]): readonly NodeGroup[] {
  const groups = new Map<string, ConnectionNode[]>();
  for (const node of nodes) {
    const id = node.flow?.id ?? '';
    const group = groups.get(id);
    if (group) group.push(node);
    else groups.set(id, [node]);
  }
  const rank = ({ id, label }: NodeGroup): number => (id === '' ? 2 : label === undefined ? 1 : 0);
  return [...groups]
    .map(([id, members]) => {
      const label = members[0]?.flow?.label;
      const sorted = members.toSorted((a, b) => collator.compare(a.name ?? a.type, b.name ?? b.type));
      return { id, ...(label === undefined ? {} : { label }), nodes: sorted };
    })
    .sort((a, b) => rank(a) - rank(b) || collator.compare(a.label ?? a.id, b.label ?? b.id));
}

/** Whether two lists look the same: they come anew with every message that is counted. */
export function sameNodes(some: readonly ConnectionNode[] | undefined, others: readonly ConnectionNode[]): boolean {
  return some?.length === others.length && some.every((node, index) => sameNode(node, others[index]));
}

function sameNode(node: ConnectionNode, other: ConnectionNode | undefined): boolean {
  return (
    node.id === other?.id &&
    node.name === other.name &&
    node.type === other.type &&
    node.flow?.id === other.flow?.id &&
    node.flow?.label === other.flow?.label
  );
}
