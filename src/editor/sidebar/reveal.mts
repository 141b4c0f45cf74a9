/** Going from a node in the sidebar to the node in the editor. */
import type { ConnectionNode } from './node-groups.mjs';

/**
 * Shows it in its flow, or opens the dialog of a config node. A node within a subflow exists once for each instance, and
 * only while the flows run: its instance is shown.
 * @returns whether there was anything to show
 */
export function reveal({ id, flow }: ConnectionNode): boolean {
  const node = RED.nodes.node(id);
  if (node?._def?.category === 'config') {
    RED.editor.editConfig('', node.type, node.id);
    return true;
  }
  const place = flow?.id ?? '';
  const shown = [id, place].find((one) => one !== '' && (RED.nodes.node(one) ?? RED.nodes.workspace(one)));
  if (shown === undefined) return false;
  RED.view.reveal(shown);
  return true;
}
