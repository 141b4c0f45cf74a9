import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a profile that keeps its connection open', () => {
  const teardown = useTeardown();
  const connections = () => getPool().snapshot().connections;
  const isConnected = () => connections().some(({ state }) => state.kind === 'connected');

  async function broker(): Promise<Mosquitto> {
    return teardown.stopLater(await startMosquitto());
  }

  it('opens it without any node, and closes it with the flows', async () => {
    const { port } = await broker();
    const flow = await startFlow(teardown, [TAB, profile(port, { keepOpen: true })]);
    await waitFor(isConnected, 'the connection');
    assert.deepEqual(connections()[0]?.borrowers, []);
    await flow.shutDown();
    assert.deepEqual(connections(), []);
  });

  it('keeps the very connection over a deploy, also when its last node goes', async () => {
    const server = await broker();
    const settings = profile(server.port, { keepOpen: true, lingerMillis: '0' });
    const flow = await startFlow(teardown, [TAB, settings, source(), recorder()]);
    await flow.connected('source');
    await flow.deploy([TAB, settings, recorder()], 'full');
    assert.equal(connections()[0]?.state.kind, 'connected');
    await flow.deploy([TAB, settings, source(), recorder()], 'nodes');
    await flow.connected('source');
    assert.equal(server.count('CONNECT'), 1);
    assert.equal(connections()[0]?.borrowers[0]?.profile, 'profile');
  });

  it('lets it go when it is changed, deleted, or told to close with the last node', async () => {
    const server = await broker();
    const other = await broker();
    const flow = await startFlow(teardown, [TAB, profile(server.port, { keepOpen: true })]);
    await waitFor(isConnected, 'the connection');
    await flow.deploy([TAB, profile(other.port, { keepOpen: true })], 'full');
    await waitFor(
      () => connections().length === 1 && connections()[0]?.address.includes(String(other.port)) && isConnected(),
      'the other broker alone',
    );
    await flow.deploy([TAB, profile(other.port)], 'full');
    await waitFor(() => connections().length === 0, 'the connection to close when it is not kept any more');
    await flow.deploy([TAB, profile(server.port, { keepOpen: true })], 'full');
    await waitFor(isConnected, 'the connection');
    await flow.deploy([TAB], 'nodes');
    await waitFor(() => connections().length === 0, 'the connection to close with its profile');
  });

  it('closes it when a node asks to disconnect', async () => {
    const { port } = await broker();
    const flow = await startFlow(teardown, [TAB, profile(port, { keepOpen: true }), sink(), recorder()]);
    await flow.connected('sink');
    flow.send('sink', { action: 'disconnect' });
    await waitFor(() => connections().length === 0, 'the connection to close');
    flow.send('sink', { action: 'connect' });
    await waitFor(isConnected, 'the connection');
    assert.equal(connections()[0]?.keepOpen, true);
  });
});
