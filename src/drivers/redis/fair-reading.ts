/**
 * Node.js reads a busy socket up to 32 times before anything else has its turn. In a flood of messages all of these are
 * then underway at once, and the garbage collector copies them again and again; answers wait behind them, too.
 */
import type { Socket } from 'node:net';

/** What one read brings at most; less means that the socket is read empty. */
const FULL_READ_BYTES = 65_536;

/** Gives everything else a turn after each full read. */
export function readFairly(socket: Socket): void {
  let resting = false;
  socket.on('data', (chunk: Buffer) => {
    if (resting || chunk.length < FULL_READ_BYTES) return;
    resting = true;
    socket.pause();
    setImmediate(() => {
      resting = false;
      socket.resume();
    });
  });
}
