/** The nodes that use a profile, in its dialog. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';

describe('editor: who uses a profile', function () {
  this.timeout(90_000);
  const editor = useEditor();

  const profile = { type: 'pool-mqtt-profile', broker: '127.0.0.1', port: '1', autoConnect: false };
  const flows = [
    { id: 'boiler', type: 'tab', label: '<i>Boiler</i> room' },
    { id: 'sub', type: 'subflow', name: 'Sensors', in: [], out: [] },
    { id: 'm', ...profile },
    { id: 'lonely', ...profile, name: 'Lonely' },
    { id: 'edgex', type: 'pool-edgex-profile', name: 'Bus', bus: 'mqtt', mqttProfile: 'm' },
    {
      id: 'far',
      type: 'pool-mqtt-source',
      z: 'boiler',
      x: 1900,
      y: 1900,
      name: 'All',
      profile: 'm',
      topic: '#',
      wires: [[]],
    },
    { id: 'inner', type: 'pool-mqtt-sink', z: 'sub', x: 100, y: 100, name: 'Inner', profile: 'm', wires: [] },
  ];

  it('is listed by flow, deployed or not, and shown after closing', async () => {
    const page = await editor.open({ flows });
    await page.importFlow([{ id: 'added', type: 'pool-mqtt-sink', name: 'Added', profile: 'm', wires: [] }]);
    await page.openDialog('m');
    const users = page.tray.locator('.edgepool-users');
    const summary = users.locator('summary');
    assert.equal(await summary.innerText(), 'Used by 4 nodes');
    await summary.click();
    const places = await users.locator('.edgepool-place').allInnerTexts();
    assert.deepEqual(places.toSorted(), ['<i>Boiler</i> room', 'Configuration nodes', 'Subflow: Sensors']);
    const lists = (await users.locator('ul').allInnerTexts())
      .join('\n')
      .split(/\s*\n\s*/)
      .map((one) => one.trim());
    assert.deepEqual(lists.toSorted(), ['Added', 'All', 'Bus', 'Inner']);

    await users.locator('a', { hasText: 'All' }).click();
    assert.match(await users.innerText(), /All\s+is shown when this dialog is closed/);
    await page.closeDialog('cancel');
    const source = page.page.locator('[id="far"]');
    await source.waitFor();
    await page.page.waitForFunction(() => {
      const { top, left } = document.getElementById('far')?.getBoundingClientRect() ?? { top: -1, left: -1 };
      return top > 0 && left > 0 && top < innerHeight && left < innerWidth;
    });
  });

  it('is nobody, and that is said, too', async () => {
    const page = await editor.open({ flows });
    await page.openDialog('lonely');
    assert.equal(await page.tray.locator('.edgepool-users').innerText(), 'No node uses this profile yet.');
    await page.closeDialog('cancel');
  });
});
