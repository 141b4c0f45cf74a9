/** An environment variable that is not set, in a field that may be empty: the test goes on, and says so. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';

describe('editor: a test with an environment variable that is not set', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('works as a deploy would, and names the variable', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const address = { broker: '127.0.0.1', port: String(broker.port), autoConnect: false };
    const profile = { id: 'm', type: 'pool-mqtt-profile', ...address, clientid: '${NOT_SET_<b>}' };
    const page = await editor.open({ flows: [{ id: 'tab', type: 'tab', label: 'Tab' }, profile] });
    await page.openDialog('m');
    await page.tray.locator('.edgepool-test button').click();
    const answer = page.tray.locator('.edgepool-test [role=status]');
    await answer.locator('b', { hasText: 'It works' }).waitFor();
    const [warning] = await answer.locator('> div').allInnerTexts();
    assert.match(String(warning), /^"Client id \(clientid\)": the environment variable NOT_SET_<b> is not set/);
    assert.equal(await answer.locator('i.fa-warning').getAttribute('aria-label'), 'warning');
    await page.closeDialog('cancel');
  });
});
