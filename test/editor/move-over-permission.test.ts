/** Who may not change flows is not offered to move nodes over. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';

/** Of `password`, as Node-RED wants it. */
const password = '$2b$04$SHSbp6j6/tD1UjsNf4ZBc.ZCpzxdoGu82A87P8rIdJ59f3KWaSSm.';
const users = [
  { username: 'admin', password, permissions: '*' },
  { username: 'reader', password, permissions: 'read' },
];

describe('editor: permission to move over', function () {
  this.timeout(120_000);
  const editor = useEditor({ settings: { adminAuth: { type: 'credentials', users } } });

  /** Whether the menu offers it, once the tools of this package are there. */
  async function isOffered(username: string): Promise<boolean> {
    const nodeRed = await editor.nodeRed();
    const form = { client_id: 'node-red-admin', grant_type: 'password', scope: '', username, password: 'password' };
    const answer = await nodeRed.fetch('auth/token', { method: 'POST', body: new URLSearchParams(form) });
    const { access_token: token } = (await answer.json()) as { readonly access_token: string };
    const opened = await editor.open({ load: false });
    await opened.load(`${nodeRed.url}?access_token=${token}`);
    await opened.page
      .locator('#red-ui-tab-connection-pool, [id*="connection-pool"]')
      .first()
      .waitFor({ state: 'attached' });
    return (await opened.page.locator('#menu-item-connection-pool').count()) > 0;
  }

  it('is that to write flows', async () => {
    assert.equal(await isOffered('admin'), true);
    assert.equal(await isOffered('reader'), false);
  });
});
