/** Who may only read sees no actions; who may not read sees no tab. */
import assert from 'node:assert/strict';
import { startMosquitto, type Mosquitto } from '../support/mosquitto';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

/** Of `password`, as Node-RED wants it. */
const password = '$2b$04$SHSbp6j6/tD1UjsNf4ZBc.ZCpzxdoGu82A87P8rIdJ59f3KWaSSm.';
const plain = [
  'flows.read',
  'nodes.read',
  'settings.read',
  'status.read',
  'plugins.read',
  'library.read',
  'context.read',
];
const users = [
  { username: 'admin', password, permissions: '*' },
  { username: 'reader', password, permissions: 'read' },
  { username: 'stranger', password, permissions: plain },
];

describe('editor: permissions of the sidebar', function () {
  this.timeout(120_000);
  const editor = useEditor({ settings: { adminAuth: { type: 'credentials', users } } });
  const teardown = useTeardown();

  async function token(username: string): Promise<string> {
    const nodeRed = await editor.nodeRed();
    const form = { client_id: 'node-red-admin', grant_type: 'password', scope: '', username, password: 'password' };
    const answer = await nodeRed.fetch('auth/token', { method: 'POST', body: new URLSearchParams(form) });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  }

  async function loggedIn(username: string): Promise<EditorPage> {
    const opened = await editor.open({ load: false });
    const { url } = await editor.nodeRed();
    await opened.load(`${url}?access_token=${await token(username)}`);
    return opened;
  }

  async function deploy(broker: Mosquitto): Promise<void> {
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'plant', type: 'pool-mqtt-profile', name: 'Plant', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'sink', type: 'pool-mqtt-sink', z: 'flow', profile: 'plant', topic: 'b', x: 200, y: 100, wires: [] },
    ];
    const headers = { authorization: `Bearer ${await token('admin')}`, 'content-type': 'application/json' };
    const nodeRed = await editor.nodeRed();
    const answer = await nodeRed.fetch('flows', { method: 'POST', headers, body: JSON.stringify(flows) });
    assert.ok(answer.ok, `deploying failed: ${answer.status}`);
  }

  it('shows a reader everything, without actions', async () => {
    await deploy(teardown.stopLater(await startMosquitto()));
    const sidebar = await showSidebar(await loggedIn('reader'));
    await sidebar.shows('Plant', 'connected');
    await sidebar.open('Plant');
    await sidebar.row('Plant').locator('.edgepool-node').waitFor();
    const actions = await sidebar
      .row('Plant')
      .locator('[data-action]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-action')));
    assert.deepEqual(actions, ['copy']);
  });

  it('shows somebody without the permission no tab, and has no action for it', async () => {
    const { page } = await loggedIn('stranger');
    assert.equal(await page.evaluate(`RED.user.hasPermission('connection-pool.read')`), false);
    assert.equal(await page.locator('.edgepool-sidebar').count(), 0);
    assert.equal(
      await page.evaluate(`RED.actions.list().some(({ id }) => id.startsWith('connection-pool:show'))`),
      false,
    );
  });
});
