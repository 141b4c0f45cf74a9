import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';
import { waitFor, within } from '../support/waiting';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('closing the nodes finishes what is under way', () => {
  const teardown = useTeardown();

  /** Accepts connections and never says a word. */
  async function silentServer(): Promise<{ port: number; sockets: Set<Socket> }> {
    const port = await freePort();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).resume();
      socket.once('close', () => sockets.delete(socket));
    });
    teardown.defer(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return { port, sockets };
  }

  it('a connect action, an attempt to connect and queued messages, each with an error', async () => {
    const { port, sockets } = await silentServer();
    const flow = await startFlow(teardown, [TAB, profile(port), source(), sink(), recorder()]);
    await waitFor(() => sockets.size === 1, 'the attempt');
    flow.send('sink', { action: 'connect' });
    flow.send('sink', { topic: 'a', payload: 'x' });
    await flow.shows('sink', '1 queued, connecting');
    await within(flow.shutDown(), 'the shutdown');
    await waitFor(() => sockets.size === 0, 'the socket to be closed');
    await waitFor(() => flow.problems.filter((line) => line.startsWith('sink: ')).length === 2, 'both errors');
    assert.ok(flow.problems.every((line) => line.includes('was closed')));
  });

  it('messages that wait for someone to connect, each with an error', async () => {
    const flow = await startFlow(teardown, [TAB, profile(1, { autoConnect: false }), sink()]);
    flow.send('sink', { topic: 'a', payload: 'x' });
    flow.send('sink', { topic: 'a', payload: 'y' });
    await flow.shows('sink', '2 queued, disconnected');
    await flow.shutDown();
    const stopped = 'sink: The node was stopped before its profile was connected.';
    assert.deepEqual(flow.problems, [stopped, stopped]);
  });
});
