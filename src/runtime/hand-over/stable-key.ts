/**
 * What a node is called in all its lives. The id is not enough: the nodes within a subflow may get new ones at every start,
 * while their path (tab, instance, definition) stays. The tab is left out, so that a node is found on another one.
 */
import type { Node } from 'node-red';

/** The same for a node and for the one that comes in its place, whatever the deploy; unique within a runtime. */
export function stableKey(node: Pick<Node, 'id'>): string {
  const path = (node as { readonly _path?: unknown })._path;
  if (typeof path !== 'string') return node.id;
  return path.slice(path.indexOf('/') + 1) || node.id;
}
