/** The sidebar tells of a connection as it goes down and comes back, without being asked. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

const place = { z: 'flow', x: 200, y: 100 };

describe('editor: the sidebar and a broker', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('shows a connection while its broker is stopped and started', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'plant', type: 'pool-mqtt-profile', name: 'Plant', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'source', type: 'pool-mqtt-source', profile: 'plant', topic: 'a/#', qos: '1', wires: [[]], ...place },
      { id: 'sink', type: 'pool-mqtt-sink', profile: 'plant', topic: 'b', wires: [], ...place, y: 160 },
    ];
    const sidebar = await showSidebar(await editor.open({ flows }));
    await sidebar.shows('Plant', 'connected');
    await sidebar.says('Plant', /MQTT.*127\.0\.0\.1/);
    await sidebar.says('Plant', '2 nodes');

    await broker.halt();
    await sidebar.shows('Plant', 'waiting');
    await sidebar.says('Plant', 'Not connected');
    await sidebar.says('Plant', /next attempt (in \d+ s|now)/);
    const reason = await sidebar.row('Plant').locator('.edgepool-reason').textContent();
    assert.ok(reason && reason.length > 10, `no reason: "${reason}"`);

    await broker.start();
    await sidebar.shows('Plant', 'connected');
    await sidebar.says('Plant', '1 reconnect');
    await sidebar.says('Plant', 'Last problem');
  });

  it('says what to do when there is no connection', async () => {
    const sidebar = await showSidebar(await editor.open({ flows: [] }));
    await sidebar.panel.filter({ hasText: 'No connections yet' }).waitFor();
    await sidebar.panel.getByRole('button', { name: 'Start with an example' }).click();
    await sidebar.page.locator('#red-ui-clipboard-dialog').waitFor();
  });
});
