/** Who sets up EdgeX makes the profile of its bus, chooses it, and tests it before anything is deployed. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { startMosquitto } from '../support/mosquitto';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';

const ACCOUNT = { username: 'edgex', password: 'a-password' };

const answerOf = async (page: EditorPage) => (await page.testConnection()).join(' ');

describe('editor: a test of an EdgeX profile whose bus is not deployed', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('takes the bus as it is in the editor, with its login, typed or stored', async () => {
    const { port } = teardown.stopLater(await startMosquitto({ users: { [ACCOUNT.username]: ACCOUNT.password } }));
    const nowhere = String(await freePort());
    const flows = [
      { id: 'tab', type: 'tab', label: 'Hall' },
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: nowhere },
      { id: 'e', type: 'pool-edgex-profile', bus: 'mqtt', mqttProfile: 'm' },
    ];
    const page = await editor.open({ flows });
    await page.openDialog('e');
    assert.match(await answerOf(page), /nothing listens there/);
    await page.closeDialog('cancel');

    await page.openDialog('m');
    await page.tray.locator('#node-config-input-port').fill(String(port));
    await page.tray.locator('.red-ui-tab-label', { hasText: 'Security' }).click();
    await page.tray.locator('#node-config-input-user').fill(ACCOUNT.username);
    await page.tray.locator('#node-config-input-password').fill(ACCOUNT.password);
    await page.closeDialog();
    await page.openDialog('e');
    assert.match(await answerOf(page), /It works/);
    await page.closeDialog('cancel');
    await page.deploy();

    await page.openDialog('m');
    await page.tray.locator('#node-config-input-name').fill('bus');
    await page.closeDialog();
    await page.openDialog('e');
    assert.match(await answerOf(page), /It works/);
    await page.closeDialog('cancel');
  });
});
