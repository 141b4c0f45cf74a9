/** What the dialog of a profile says of the other profiles, deployed or not, while it is edited. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { waitForAsync } from '../support/waiting';

describe('editor: hints in the dialog of a profile', function () {
  this.timeout(120_000);
  const editor = useEditor();

  const tab = { id: 'tab', type: 'tab', label: 'Boiler room' };
  const mqtt = { type: 'pool-mqtt-profile', broker: 'plant.invalid', port: '1883', autoConnect: false };

  async function hints({ tray }: EditorPage, wanted: readonly (string | RegExp)[]): Promise<void> {
    const lines = async () =>
      (await tray.locator('.edgepool-neighbours > div').allInnerTexts()).map((line) =>
        line.replaceAll(/\s+/g, ' ').trim(),
      );
    const fits = (found: readonly string[]) =>
      found.length === wanted.length &&
      found.every((line, at) => {
        const one = wanted[at] ?? '';
        return typeof one === 'string' ? line === one : one.test(line);
      });
    let last: readonly string[] = [];
    await waitForAsync(async () => fits((last = await lines())), `the hints ${wanted.join(' | ')}`).catch(() =>
      assert.fail(`the hints are: ${last.join(' | ')}`),
    );
  }

  it('name who will share its connection, and who will fight with it', async () => {
    const flows = [
      tab,
      { id: 'm', ...mqtt, clientid: 'boiler' },
      { id: 'twin', ...mqtt, name: '<b>Twin</b>', broker: 'mqtt://plant.invalid', clientid: 'boiler' },
      { id: 'rival', ...mqtt, name: 'Rival', clientid: 'boiler', keepalive: '30' },
      { id: 'other', ...mqtt, name: 'Elsewhere', broker: 'other.invalid', clientid: 'boiler' },
    ];
    const page = await editor.open({ flows });
    await page.openDialog('m');
    const shares = 'Will share one connection with: <b>Twin</b>.';
    await hints(page, [/^Will fight with Rival: .*Different: Keep-alive\./, shares]);
    await page.tray.locator('#node-config-input-clientid').fill('boiler-2');
    await hints(page, [
      /^Rival leads to the same server.*Different: Client id, Keep-alive\.$/,
      /^<b>Twin<\/b> leads to the same server.*Different: Client id\.$/,
    ]);
    await page.tray.locator('#node-config-input-broker').fill('nobody.invalid');
    await hints(page, []);
    await page.closeDialog('cancel');
  });

  it('know profiles that are not deployed, and compare stored passwords', async () => {
    const credentials = { user: 'site', password: 'secret' };
    const flows = [tab, { id: 'm', ...mqtt, credentials }, { id: 'n', ...mqtt, name: 'Deployed', credentials }];
    const page = await editor.open({ flows });
    await page.importFlow([
      { id: 'new', ...mqtt, name: 'New', z: '' },
      { id: 'c', type: 'comment', name: 'x' },
    ]);
    await page.openDialog('m');
    await hints(page, [
      'Will share one connection with: Deployed.',
      /^New leads to the same server.*Different: User name, Password\.$/,
    ]);
    await page.tray.locator('.edgepool-tabs .red-ui-tab', { hasText: 'Security' }).click();
    await page.tray.locator('#node-config-input-password').fill('typed');
    await hints(page, [
      'Will share one connection, if the login is the same, too, with: Deployed.',
      /^New leads to the same server/,
    ]);
    await page.closeDialog('cancel');
  });

  it('are not there while Node-RED is away', async () => {
    const flows = [tab, { id: 'm', ...mqtt }, { id: 'n', ...mqtt, name: 'Twin' }];
    const page = await editor.open({ flows, allowed: [/connection-pool\/compare/, /ERR_FAILED/] });
    await page.openDialog('m');
    await hints(page, ['Will share one connection with: Twin.']);
    await page.page.route('**/connection-pool/compare', (route) => route.abort());
    await page.tray.locator('#node-config-input-keepalive').fill('61');
    await hints(page, []);
    await page.closeDialog('cancel');
  });
});
