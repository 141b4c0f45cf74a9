/** The plugin `connection-pool`: the tools in the editor, and the API behind them, whether or not a node is deployed. */
import type { NodeAPI } from 'node-red';
import { serveAdmin } from '../src/runtime/admin/serve-admin';

export = (RED: NodeAPI): void => {
  RED.plugins.registerPlugin('connection-pool', { type: 'edgepool-tools' });
  serveAdmin(RED);
};
