import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, type FlowNode, profile, sink, source, startFlow, TAB } from './node-red';
import { useProfileFolder } from './profile-folder';

describe('while a node is away in a deploy', () => {
  const teardown = useTeardown();

  const others = (settings: FlowNode) => [TAB, settings, sink({ id: 'other' }), collector()];
  const all = (settings: FlowNode) => [...others(settings), sink(), source({ topic: 'in' })];

  it('a disconnect action concerns it, too, and a connect action after its return', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me', lingerMillis: '60000' });
    const flow = await startFlow(teardown, all(settings));
    await flow.connected('sink', 'source', 'other');
    await flow.deploy(others(settings), 'nodes');
    flow.send('other', { action: 'disconnect' });
    await broker.waitForLog(/Received DISCONNECT from me/);
    await waitFor(() => getPool().snapshot().connections.length === 0, 'the connection to be closed');
    await flow.deploy(all(settings), 'nodes');
    await flow.shows('sink', 'node-red:common.status.disconnected');
    flow.send('sink', { topic: 'in', payload: 'waits' });
    flow.send('other', { action: 'connect' });
    await flow.connected('sink', 'source', 'other');
    await waitFor(() => flow.collected('got').length === 1, 'the message');
    assert.equal(broker.count('CONNECT'), 2);
  });

  it('its profile may become another one', async () => {
    const [old, moved] = [teardown.stopLater(await startMosquitto()), teardown.stopLater(await startMosquitto())];
    const folder = useProfileFolder(teardown);
    const write = (port: number) =>
      folder.write(
        'site.yaml',
        `mqtt:\n  Site: {server: "tcp://127.0.0.1:${port}", clientid: me, lingerMillis: 60000}\n`,
      );
    write(old.port);
    const settings = { id: 'profile', type: 'pool-mqtt-profile', named: 'Site' };
    const flow = await startFlow(teardown, all(settings));
    await flow.connected('sink', 'source', 'other');
    await flow.deploy(others(settings), 'nodes');
    write(moved.port);
    await moved.waitForLog(/New client connected/);
    await old.waitForLog(/Received DISCONNECT/);
    await flow.deploy(all(settings), 'nodes');
    await flow.connected('sink', 'source');
    const client = await PrivateClient.connect(moved.url);
    teardown.defer(() => client.close());
    await moved.waitForLog(/Sending SUBACK/);
    await client.publish('in', 'there', { qos: 1 });
    await waitFor(() => flow.collected('got').length === 1, 'the message');
    assert.equal(getPool().snapshot().connections.length, 1);
  });
});
