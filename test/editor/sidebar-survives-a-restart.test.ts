/** When Node-RED goes, the sidebar says so; when it is back, it goes on by itself. */
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

/** The editor's web socket and what the sidebar asks for can't be had meanwhile, of which browsers tell in the console. */
const away = [/ERR_CONNECTION_REFUSED/, /ERR_CONNECTION_RESET/, /WebSocket connection/, /request failed/];

describe('editor: the sidebar and a restart of Node-RED', function () {
  this.timeout(180_000);
  // It is halted: a Node-RED of its own.
  const editor = useEditor({});
  const teardown = useTeardown();

  it('says that Node-RED is gone, and shows everything again when it is back', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const profile = { broker: '127.0.0.1', port: String(broker.port) };
    const at = { z: 'flow', x: 200, y: 100 };
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'plant', type: 'pool-mqtt-profile', name: 'Plant', ...profile },
      { id: 'clock', type: 'inject', repeat: '0.2', props: [{ p: 'payload' }], wires: [['sink']], ...at },
      { id: 'sink', type: 'pool-mqtt-sink', profile: 'plant', topic: 'b', wires: [], ...at },
    ];
    const sidebar = await showSidebar(await editor.open({ flows, allowed: away }));
    await sidebar.shows('Plant', 'connected');
    await sidebar.open('Plant');
    await sidebar.says('Plant', /[1-9]\d* msg\/s/);

    const nodeRed = await editor.nodeRed();
    await nodeRed.halt();
    await sidebar.panel
      .locator('.edgepool-banner', { hasText: 'Node-RED does not answer' })
      .waitFor({ timeout: 40_000 });

    await nodeRed.start();
    await sidebar.panel.locator('.edgepool-banner', { hasText: 'Node-RED is back' }).waitFor({ timeout: 60_000 });
    await sidebar.shows('Plant', 'connected');
    await sidebar.row('Plant').locator('.edgepool-node').waitFor();
    await sidebar.panel.locator('.edgepool-banner').waitFor({ state: 'hidden' });
  });
});
