/** A node's close handler around an asynchronous end: told apart from hanging, and never failing. */
import type { Node } from 'node-red';

/** Less than Node-RED's own patience (nodeCloseTimeout, 15 s), more than a driver needs to end politely. */
const PATIENCE_MILLIS = 5000;

/** Runs `close` when Node-RED closes the node; the node counts as closed when it has settled, or after 5 s. */
export function closeWith(node: Node, close: (removed: boolean) => Promise<void>): void {
  node.on('close', (removed: boolean, done: () => void) => {
    const late = setTimeout(done, PATIENCE_MILLIS);
    close(removed)
      .catch((error: unknown) => node.warn(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        clearTimeout(late);
        done();
      });
  });
}
