/** What users with fewer permissions find in the dialogs of profiles: nothing is asked that would be refused. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';

/** Of `password`, as Node-RED wants it. */
const password = '$2b$04$SHSbp6j6/tD1UjsNf4ZBc.ZCpzxdoGu82A87P8rIdJ59f3KWaSSm.';
const plain = ['flows', 'nodes', 'settings', 'status', 'plugins', 'library', 'context', 'credentials'];
const users = [
  { username: 'admin', password, permissions: '*' },
  { username: 'reader', password, permissions: 'read' },
  { username: 'stranger', password, permissions: plain.map((one) => `${one}.read`) },
];

describe('editor: permissions in the dialogs of profiles', function () {
  this.timeout(120_000);
  const editor = useEditor({ settings: { adminAuth: { type: 'credentials', users } } });

  async function token(username: string): Promise<string> {
    const nodeRed = await editor.nodeRed();
    const form = { client_id: 'node-red-admin', grant_type: 'password', scope: '', username, password: 'password' };
    const answer = await nodeRed.fetch('auth/token', { method: 'POST', body: new URLSearchParams(form) });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  }

  async function openAs(username: string): Promise<EditorPage> {
    const profile = { type: 'pool-mqtt-profile', broker: 'plant.invalid', autoConnect: false };
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'm', ...profile },
      { id: 'twin', ...profile, name: 'Twin' },
    ];
    const nodeRed = await editor.nodeRed();
    const headers = { authorization: `Bearer ${await token('admin')}`, 'content-type': 'application/json' };
    const answer = await nodeRed.fetch('flows', { method: 'POST', headers, body: JSON.stringify(flows) });
    assert.ok(answer.ok, `deploying failed: ${answer.status}`);
    const page = await editor.open({ load: false });
    await page.load(`${nodeRed.url}?access_token=${await token(username)}`);
    await page.openDialog('m');
    return page;
  }

  it('a reader sees the hints, and why nothing can be tested', async () => {
    const { tray } = await openAs('reader');
    await tray.locator('.edgepool-neighbours div', { hasText: 'Twin' }).waitFor();
    assert.ok(await tray.locator('.edgepool-test button').isDisabled());
    assert.match(await tray.locator('.edgepool-test [role=status]').innerText(), /connection-pool\.write/);
  });

  it('who may not even read sees neither', async () => {
    const page = await openAs('stranger');
    const { tray } = page;
    await tray.locator('#node-config-input-clientid').fill('me');
    assert.ok(await tray.locator('.edgepool-test button').isDisabled());
    assert.equal(await tray.locator('.edgepool-neighbours').innerText(), '');
    // A timer behind the one that the dialog would have set before it asks.
    await page.page.evaluate(() => new Promise((done) => setTimeout(done, 1_000)));
    const asked = await page.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    assert.deepEqual(
      asked.filter((url) => url.includes('/connection-pool/')),
      [],
    );
  });
});
