/**
 * Node-RED in a process of its own, so that it can be killed: gets its flow from its parent, answers when the nodes have
 * started, and ends when the parent goes.
 */
import { EmbeddedNodeRed, type FlowNode } from '../../bench/processes/embedded-node-red';

process.once('message', (nodes: readonly FlowNode[]) => {
  run(nodes).then(
    () => process.send?.('deployed'),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

process.once('disconnect', () => process.exit());

async function run(nodes: readonly FlowNode[]): Promise<void> {
  const nodeRed = new EmbeddedNodeRed();
  await nodeRed.start();
  await nodeRed.deploy(nodes);
}
