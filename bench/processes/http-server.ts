/** Child process: an HTTP server with a small answer, which counts its sockets. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { serve } from './remote';

const sockets = new Set<Socket>();
let peak = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end('21.5');
});
server.on('connection', (socket) => {
  sockets.add(socket);
  peak = Math.max(peak, sockets.size);
  socket.once('close', () => sockets.delete(socket));
});

const methods = {
  /** Begins to listen on a free port, which is returned. */
  listen: (): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
  /** The most sockets that were open at once since the last call. */
  takePeakSockets: (): number => {
    const taken = peak;
    peak = sockets.size;
    return taken;
  },
  /** Closes what is open now and carries no request. */
  cutIdleSockets: async (): Promise<void> => {
    server.closeIdleConnections();
    while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
    peak = 0;
  },
};

export type HttpServer = typeof methods;

serve<HttpServer>(methods);
