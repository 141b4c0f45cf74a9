/** The port of a broker when TLS is switched on and off. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';

describe('editor: the port in the dialog of an MQTT profile', function () {
  this.timeout(90_000);
  const editor = useEditor();

  it('goes from the usual one to that for TLS and back, and is left alone if it is another', async () => {
    const profile = { id: 'm', type: 'pool-mqtt-profile', broker: 'plant.invalid', port: '1883', autoConnect: false };
    const page = await editor.open({ flows: [{ id: 'tab', type: 'tab', label: 'Tab' }, profile] });
    await page.openDialog('m');
    const port = page.tray.locator('#node-config-input-port');
    const tls = page.tray.locator('#node-config-input-usetls');
    await tls.check();
    assert.equal(await port.inputValue(), '8883');
    await tls.uncheck();
    assert.equal(await port.inputValue(), '1883');
    await port.fill('1884');
    await tls.check();
    assert.equal(await port.inputValue(), '1884');
    await page.closeDialog('cancel');
  });
});
