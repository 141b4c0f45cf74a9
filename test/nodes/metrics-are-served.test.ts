import assert from 'node:assert/strict';
import { parseExposition } from '../support/exposition-parser';
import { startMosquitto } from '../support/mosquitto';
import { type SecuredNodeRed, startSecuredNodeRed } from '../support/secured-node-red';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';

describe('the metrics of a real Node-RED', function () {
  this.timeout(90_000);
  const teardown = useTeardown();
  const METRICS = 'connection-pool/metrics';

  it('are told to who may read them, in the format of Prometheus', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'p', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', x: 1, y: 1, profile: 'p', topic: '#', qos: '0', wires: [[]] },
    ];
    const nodeRed = await startSecuredNodeRed(teardown, { flow });
    assert.equal((await nodeRed.fetch(METRICS)).status, 401);
    assert.equal((await nodeRed.fetch(METRICS, 'stranger')).status, 401);
    assert.equal((await nodeRed.fetch(METRICS, 'nobody')).status, 401);
    const response = await nodeRed.fetch(METRICS, 'reader');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    await waitForAsync(() => isConnected(nodeRed), 'the connection in the metrics', 10_000);
  });

  it('are not there when the settings forbid it', async () => {
    const settings = { connectionPool: { metrics: { enabled: false } } };
    const nodeRed = await startSecuredNodeRed(teardown, { flow: [], settings });
    assert.equal((await nodeRed.fetch(METRICS, 'reader')).status, 404);
  });

  async function isConnected(nodeRed: SecuredNodeRed): Promise<boolean> {
    const families = parseExposition(await (await nodeRed.fetch(METRICS, 'reader')).text());
    const states = families.get('connection_pool_connection_state')?.samples ?? [];
    return states.some(
      ({ labels, value }) => labels['type'] === 'mqtt' && labels['state'] === 'connected' && value === 1,
    );
  }
});
