/** Environment variables in the fields of a profile. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';

describe('editor: environment variables in a profile', function () {
  this.timeout(90_000);
  const editor = useEditor();

  it('are kept in fields for numbers, and can be entered there', async () => {
    const settings = { broker: '${HOST}', port: '${PORT}', autoConnect: false };
    const flows = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'm', type: 'pool-mqtt-profile', ...settings, keepalive: '60' },
    ];
    const page = await editor.open({ flows });
    await page.openDialog('m');
    assert.equal(await page.tray.locator('#node-config-input-port').inputValue(), '${PORT}');
    await page.tray.locator('#node-config-input-keepalive').fill('${KEEPALIVE}');
    assert.equal(await page.tray.locator('.input-error').count(), 0);
    assert.match(await page.tray.innerText(), /take \$\{NAME\}, too/);
    await page.closeDialog('ok');
    const saved = await page.node('m');
    assert.deepEqual(
      [saved?.['broker'], saved?.['port'], saved?.['keepalive']],
      ['${HOST}', '${PORT}', '${KEEPALIVE}'],
    );
  });
});
