/** What the dialogs of nodes show, and how they fit. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';

const TAB = { id: 'tab', type: 'tab', label: 'Tab' };
const SINKS = ['pool-redis-sink', 'pool-http-sink', 'pool-edgex-sink'];

describe('editor: fields of the dialogs of nodes', function () {
  this.timeout(120_000);
  const editor = useEditor();

  const isShown = (page: EditorPage, property: string) => page.tray.locator(`#node-input-${property}`).isVisible();

  it('say what to do when there is no profile, and when there are several', async () => {
    const page = await editor.open({ flows: [TAB] });
    const id = await page.drag('pool-redis-sink', { x: 200, y: 100 });
    await page.openDialog(id);
    await page.tray.locator('.edgepool-advice', { hasText: 'press +' }).waitFor();
    await page.closeDialog('cancel');
    const profile = (name: string) => ({ id: name, type: 'pool-redis-profile', name, autoConnect: false });
    const other = await editor.open({ flows: [TAB, profile('one'), profile('two')] });
    await other.openDialog(await other.drag('pool-redis-sink', { x: 200, y: 100 }));
    await other.tray.locator('.edgepool-advice', { hasText: 'Choose' }).waitFor();
    await other.tray.locator('#node-input-profile').selectOption('one');
    await other.tray.locator('.edgepool-advice').waitFor({ state: 'hidden' });
  });

  it('ask how long a batch waits only if there is one, and what is done only if it may be on disk', async () => {
    const page = await editor.open({
      flows: [
        TAB,
        { id: 'memory', type: 'pool-redis-profile', name: 'memory', outbox: 'memory', autoConnect: false },
        { id: 'disk', type: 'pool-redis-profile', name: 'disk', outbox: 'disk', autoConnect: false },
      ],
    });
    await page.openDialog(await page.drag('pool-redis-sink', { x: 200, y: 100 }));
    const field = (property: string) => page.tray.locator(`#node-input-${property}`);
    assert.equal(await isShown(page, 'batchSeconds'), false);
    await field('batchCount').fill('10');
    assert.equal(await isShown(page, 'batchSeconds'), true);
    await field('profile').selectOption('memory');
    assert.equal(await isShown(page, 'doneWhen'), false);
    await field('profile').selectOption('disk');
    assert.equal(await isShown(page, 'doneWhen'), true);
    await field('outbox').selectOption('memory');
    assert.equal(await isShown(page, 'doneWhen'), false);
    await field('outbox').selectOption('disk');
    assert.equal(await isShown(page, 'doneWhen'), true);
  });

  it('ask for a body only of requests that have one', async () => {
    const page = await editor.open({ flows: [TAB] });
    await page.openDialog(await page.drag('pool-http-sink', { x: 200, y: 100 }));
    const body = page.tray.locator('.pool-http-sink-body');
    const method = page.tray.locator('.red-ui-typedInput-container').first();
    assert.equal(await body.isVisible(), false);
    await method.locator('.red-ui-typedInput-option-trigger').click();
    await page.page.locator('.red-ui-typedInput-options:visible a', { hasText: /^\s*POST\s*$/ }).click();
    await body.waitFor();
    const width = async (property: string) => {
      const row = page.tray.locator('.form-row', { has: page.page.locator(`#node-input-${property}`) });
      return (await row.locator('.red-ui-typedInput-container').boundingBox())?.width;
    };
    assert.equal(await width('body'), await width('path'));
  });

  it('fit into a narrow window, however long their hints are', async () => {
    const flows = [
      TAB,
      ...SINKS.map((type, index) => ({ id: type, type, z: 'tab', x: 150, y: 100 + index * 60, wires: [] })),
    ];
    const page = await editor.open({ flows, viewport: { width: 900, height: 800 } });
    for (const type of SINKS) {
      await page.openDialog(type);
      const tray = await page.tray.boundingBox();
      const field = await page.tray.locator('#node-input-name').boundingBox();
      assert.ok(tray && field);
      assert.ok(field.x + field.width <= tray.x + tray.width, `${type} is cut off`);
      await page.closeDialog('cancel');
    }
  });
});
