/** The actions of an opened row do what they say, and say what came of it. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { showSidebar, type SidebarPage } from '../support/sidebar';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('editor: the actions of the sidebar', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();
  let broker: Mosquitto;

  async function opened(allowed: readonly RegExp[] = []): Promise<SidebarPage> {
    broker = teardown.stopLater(await startMosquitto());
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'plant', type: 'pool-mqtt-profile', name: 'Plant', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'sink', type: 'pool-mqtt-sink', z: 'flow', profile: 'plant', topic: 'b', x: 200, y: 100, wires: [] },
    ];
    const sidebar = await showSidebar(await editor.open({ flows, allowed }));
    await sidebar.shows('Plant', 'connected');
    await sidebar.open('Plant');
    return sidebar;
  }

  it('pauses and resumes', async () => {
    const sidebar = await opened();
    await sidebar.press('Plant', 'pause');
    await sidebar.shows('Plant', 'paused');
    await sidebar.result('Plant').filter({ hasText: 'Paused' }).waitFor();
    await sidebar.row('Plant').locator('[data-action="pause"]').waitFor({ state: 'hidden' });
    await sidebar.press('Plant', 'resume');
    await sidebar.shows('Plant', 'connected');
    await sidebar.result('Plant').filter({ hasText: 'Connected.' }).waitFor();
  });

  it('reconnects', async () => {
    const sidebar = await opened();
    const before = broker.count('CONNECT');
    await sidebar.press('Plant', 'reconnect');
    await sidebar.result('Plant').filter({ hasText: 'Connected.' }).waitFor();
    await sidebar.says('Plant', '1 reconnect');
    // Its log comes another way.
    await waitFor(() => broker.count('CONNECT') > before, 'the broker to tell of it');
    assert.equal(broker.count('CONNECT'), before + 1);
  });

  it('tests, on a connection apart', async () => {
    const sidebar = await opened();
    await sidebar.press('Plant', 'test');
    await sidebar
      .result('Plant')
      .filter({ hasText: /It works: answered after \d+ ms \(MQTT 5, mosquitto/ })
      .waitFor();
    await sidebar.shows('Plant', 'connected');
  });

  it('says why a test or a new connection does not work', async () => {
    // That it could not be reconnected is an answer with status 502, of which browsers tell in the console.
    const sidebar = await opened([/502/]);
    await broker.halt();
    await sidebar.shows('Plant', 'waiting');
    await sidebar.press('Plant', 'test');
    await sidebar.result('Plant').filter({ hasText: 'It does not work: ' }).waitFor();
    await sidebar.press('Plant', 'reconnect');
    await sidebar
      .row('Plant')
      .locator('.edgepool-result[data-mood="bad"]')
      .filter({ hasText: /ECONNREFUSED|listens/ })
      .waitFor();
  });

  it('copies a report', async () => {
    const sidebar = await opened();
    await sidebar.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await sidebar.press('Plant', 'copy');
    await sidebar.result('Plant').filter({ hasText: 'Copied' }).waitFor();
    const copied = await sidebar.page.evaluate<string>('navigator.clipboard.readText()');
    const report = JSON.parse(copied) as { readonly type: string; readonly state: string };
    assert.deepEqual({ type: report.type, state: report.state }, { type: 'mqtt', state: 'connected' });
  });
});
