import assert from 'node:assert/strict';
import { LiveSocket } from '../support/live-socket';
import { startMosquitto } from '../support/mosquitto';
import { startNodeRed } from '../support/own-node-red';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('the live feed of a Node-RED without users, below a root of its own', function () {
  this.timeout(120_000);
  const teardown = useTeardown();

  it('tells of what is there, of a deploy, and of a broker that goes away', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodeRed = teardown.stopLater(await startNodeRed({ settings: { httpAdminRoot: '/behind/a/proxy' } }));
    const live = teardown.closeLater(await LiveSocket.watching(nodeRed.url));
    const { known } = live;
    assert.equal(known.rows.size, 0, 'nothing is deployed yet');
    const place = { x: 1, y: 1, wires: [[]] };
    await nodeRed.deploy([
      { id: 'tab', type: 'tab' },
      { id: 'm', type: 'pool-mqtt-profile', name: 'Site', broker: '127.0.0.1', port: String(broker.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', profile: 'm', topic: 'a', qos: '1', ...place },
    ]);
    const row = () => [...known.rows.values()][0];
    await waitFor(() => row()?.state === 'connected', 'the connection', 30_000);
    await waitFor(() => row()?.profiles[0]?.name === 'Site', 'the name of the profile');
    await broker.halt();
    await waitFor(() => row()?.state === 'waiting', 'the loss');
    await broker.start();
    await waitFor(() => row()?.state === 'connected', 'the connection to come back', 30_000);
  });
});
