/**
 * An open loop: publishes as fast as the server takes it, whatever the process under test does, and counts what it
 * publishes in turn. Both on plain sockets, as a client library would take the processor time of the process under
 * test; as all messages are equally long, counting bytes is enough.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface FloodOptions {
  readonly port: number;
  readonly channel: string;
  readonly echoChannel: string;
  readonly payloadBytes: number;
  readonly messages: number;
}

export interface FloodResult {
  readonly received: number;
  readonly millis: number;
}

const BATCH = 500;
const SILENCE_MILLIS = 5000;

/** Settles when every message has come back, or none for a while. */
export async function runFlood(options: FloodOptions): Promise<FloodResult> {
  const { port, channel, echoChannel, payloadBytes, messages } = options;
  const [sender, receiver] = await Promise.all([open(port), open(port)]);
  try {
    const payload = 'x'.repeat(payloadBytes);
    const confirmed = once(receiver, 'data');
    receiver.write(resp('SUBSCRIBE', echoChannel));
    await confirmed;
    // What is sent back has to be read, or the server would wait.
    sender.resume();
    const messageBytes = resp('message', echoChannel, payload).length;
    const start = performance.now();
    const received = arrival(receiver, messages * messageBytes);
    await publish(sender, resp('PUBLISH', channel, payload), messages);
    const bytes = await received;
    return { received: bytes / messageBytes, millis: performance.now() - start };
  } finally {
    sender.destroy();
    receiver.destroy();
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return socket;
}

/** Settles with the bytes received: as many as expected, or fewer when there are no more. */
function arrival(receiver: Socket, expectedBytes: number): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    let before = -1;
    const watch = setInterval(() => {
      if (bytes === before) finish();
      before = bytes;
    }, SILENCE_MILLIS);
    const finish = (): void => {
      clearInterval(watch);
      resolve(bytes);
    };
    receiver.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes >= expectedBytes) finish();
    });
  });
}

async function publish(sender: Socket, message: Buffer, messages: number): Promise<void> {
  const batch = Buffer.concat(Array<Buffer>(BATCH).fill(message));
  for (let sent = 0; sent < messages; sent += BATCH) {
    const part = batch.subarray(0, Math.min(BATCH, messages - sent) * message.length);
    if (!sender.write(part)) await once(sender, 'drain');
  }
}

function resp(...words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}
