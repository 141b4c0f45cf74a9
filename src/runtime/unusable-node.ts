/** What a node does whose settings can't work: it says so, now and to every message. */
import type { Node } from 'node-red';
import type { PoolError } from '../core/errors';

/** Shows and logs the error, and ends every message with it. */
export function refuseMessages(node: Node, error: PoolError): void {
  node.status({ fill: 'red', shape: 'dot', text: error.message });
  node.error(`${error.message} (${error.code})`);
  node.on('input', (_message, _send, done) => done(error));
}
