/** Who sets up TLS makes a TLS configuration, chooses it, and tests it before anything is deployed. */
import assert from 'node:assert/strict';
import { SERVER_CERTIFICATE, SERVER_KEY, TEST_CA } from '../support/certificates';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';

const answerOf = async (page: EditorPage) => (await page.testConnection()).join(' ');

describe('editor: a test with a TLS configuration that is not deployed', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  async function chooseCa(page: EditorPage, text: string): Promise<void> {
    const file = { name: 'ca.pem', mimeType: 'text/plain', buffer: Buffer.from(text) };
    await page.tray.locator('#node-config-input-cafile').setInputFiles(file);
    await page.page.waitForFunction(
      `document.querySelector('#node-config-input-cadata')?.value === ${JSON.stringify(text)}`,
    );
    await page.closeDialog();
  }

  it('takes it as it is in the editor, new or changed', async () => {
    const tls = { ca: TEST_CA, cert: SERVER_CERTIFICATE, key: SERVER_KEY };
    const { port } = teardown.stopLater(await startMosquitto({ tls }));
    const profile = { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(port), usetls: true };
    const page = await editor.open({ flows: [{ id: 'tab', type: 'tab', label: 'Hall' }, profile] });
    await page.openDialog('m');
    assert.match(await answerOf(page), /signed by nobody who is trusted here/);

    const choice = page.tray.locator('.form-row', { has: page.page.locator('select#node-config-input-tls') });
    await choice
      .locator('a, button')
      .filter({ has: page.page.locator('.fa-plus') })
      .click();
    await page.trays(2);
    await chooseCa(page, TEST_CA);
    await page.trays(1);
    assert.match(await answerOf(page), /It works/);
    await page.closeDialog();
    await page.deploy();

    await page.openDialog('m');
    assert.match(await answerOf(page), /It works/);
    await choice
      .locator('a, button')
      .filter({ has: page.page.locator('.fa-pencil') })
      .click();
    await page.trays(2);
    await page.tray.locator('#node-config-input-servername').fill('elsewhere.example');
    await page.closeDialog();
    await page.trays(1);
    assert.match(await answerOf(page), /its certificate is for other names/);
    await page.closeDialog('cancel');
  });
});
