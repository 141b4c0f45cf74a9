/** A node of the benchmark alone: counts the messages it gets. */
import type { Node, NodeAPI, NodeDef } from 'node-red';

export const counts = new Map<string, number>();

export function registerCounter(RED: NodeAPI): void {
  function Counter(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    counts.set(this.id, 0);
    this.on('input', (_message, _send, done) => {
      counts.set(this.id, (counts.get(this.id) ?? 0) + 1);
      done();
    });
  }
  RED.nodes.registerType('bench-counter', Counter);
}
