/** A server that speaks whatever a test wants, for answers that a real HTTP server would not give. */
import { createServer, type Socket } from 'node:net';
import { freePort } from './ports';

export interface RawServer {
  readonly url: string;
  /** Sockets accepted so far. */
  readonly accepted: () => number;
  stop(): Promise<void>;
}

/** @param answer called when a request has arrived (its first bytes, which is all of a small one) */
export async function startRawServer(answer: (socket: Socket, request: string) => void): Promise<RawServer> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => answer(socket, bytes.toString('latin1')));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    accepted: () => accepted,
    stop: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}
