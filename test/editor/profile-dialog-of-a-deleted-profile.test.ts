/** A profile that goes away while its dialog is open: by another user's deploy, say, which the editor takes over. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';

declare const RED: { readonly nodes: { remove(id: string): unknown } };

/** The editor itself misses the node in its lists when its dialog is closed with OK. */
const OF_THE_EDITOR = [/\[nodes:change\]/, /TypeError: Cannot read properties of undefined \(reading 'element'\)/];

describe('editor: the dialog of a profile that is deleted meanwhile', function () {
  this.timeout(90_000);
  const editor = useEditor();

  const profile = { type: 'pool-mqtt-profile', broker: 'plant.invalid', autoConnect: false };
  const flows = [
    { id: 'tab', type: 'tab', label: 'Tab' },
    { id: 'm', ...profile },
    { id: 'twin', ...profile, name: 'Twin' },
    {
      id: 'source',
      type: 'pool-mqtt-source',
      z: 'tab',
      x: 200,
      y: 100,
      name: 'All',
      profile: 'm',
      topic: '#',
      wires: [[]],
    },
  ];

  it('still tests and compares what was entered, and closes', async () => {
    for (const button of ['cancel', 'ok'] as const) {
      const page = await editor.open({ flows, allowed: OF_THE_EDITOR });
      await page.openDialog('m');
      const hints = page.tray.locator('.edgepool-neighbours');
      await hints.locator('div', { hasText: 'Twin' }).waitFor();
      await page.page.evaluate(() => RED.nodes.remove('m'));
      await page.tray.locator('#node-config-input-clientid').fill('me');
      await hints.locator('div', { hasText: 'Client id' }).waitFor();
      await page.tray.locator('.edgepool-test button').click();
      await page.tray.locator('.edgepool-test .fa-times').waitFor();
      await page.closeDialog(button);
    }
  });

  it('names only profiles and nodes that are there', async () => {
    const page = await editor.open({ flows });
    await page.openDialog('m');
    await page.tray.locator('.edgepool-neighbours div', { hasText: 'Twin' }).waitFor();
    await page.tray.locator('.edgepool-users summary').click();
    await page.tray.locator('.edgepool-users a', { hasText: 'All' }).click();
    await page.page.evaluate(() => {
      RED.nodes.remove('twin');
      RED.nodes.remove('source');
    });
    await page.tray.locator('#node-config-input-clientid').fill('me');
    await page.page.waitForFunction(() => document.querySelector('.edgepool-neighbours')?.textContent === '');
    await page.closeDialog('cancel');
    assert.equal(await page.node('source'), undefined);
  });
});
