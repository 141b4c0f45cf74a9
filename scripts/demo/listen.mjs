/** Listening on loopback; a taken port gives way to the next free one. */
import { once } from 'node:events';

export const host = '127.0.0.1';
const tries = 50;

/**
 * @param {import('node:net').Server} server
 * @param {number} firstPort
 * @returns {Promise<number>} the port it got
 */
export async function listen(server, firstPort) {
  for (let port = firstPort; port < firstPort + tries; port += 1) {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return port;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    }
  }
  throw new Error(`No free port from ${firstPort} to ${firstPort + tries - 1}.`);
}
