/** Flows that were not made in this editor may hold anything: the dialogs of all nodes open, close and show it as text. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorGlobal } from '../support/editor-globals';
import type { EditorPage } from '../support/editor-page';

declare const RED: EditorGlobal;

const HTML = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const TYPES = [
  ...['pool-mqtt-source', 'pool-mqtt-sink', 'pool-redis-source', 'pool-redis-sink', 'pool-redis-command'],
  ...['pool-redis-script', 'pool-edgex-source', 'pool-edgex-sink', 'pool-edgex-command', 'pool-http-source'],
  ...['pool-http-sink', 'pool-status'],
];
const LISTS = ['args', 'keys', 'headers', 'query', 'fields', 'profiles'];
/** What Node-RED keeps for itself, and what makes the ports. */
const OWN = ['id', 'type', 'z', 'x', 'y', 'wires', 'inputs', 'outputs'];

describe('editor: names and values in the dialogs of nodes', function () {
  this.timeout(180_000);
  const editor = useEditor();

  /** The editor catches what the code of a dialog throws, and says so in the console. */
  function thrownIn({ page }: EditorPage): string[] {
    const thrown: string[] = [];
    page.on('console', (message) => {
      if (/oneditprepare|oneditsave|Validation error|TypeError/.test(message.text())) thrown.push(message.text());
    });
    page.on('dialog', (dialog) => {
      thrown.push(`alert: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return thrown;
  }

  const propertiesOf = ({ page }: EditorPage, type: string) =>
    page.evaluate((wanted) => Object.keys(RED.nodes.getType(wanted)?.defaults ?? {}), type);

  async function openAndClose(page: EditorPage, id: string): Promise<void> {
    await page.page.evaluate((wanted) => {
      const node = RED.nodes.node(wanted);
      if (node) RED.editor.edit(node);
    }, id);
    await page.trays(1);
    await page.closeDialog();
  }

  it('are text, whatever they hold; rows of lists that are none are left out', async () => {
    const page = await editor.open({ flows: [{ id: 'tab', type: 'tab', label: 'Tab' }] });
    const thrown = thrownIn(page);
    const rows = [1, null, { name: HTML, value: { deep: true } }, HTML];
    const nodes: { readonly id: string; readonly type: string }[] = [];
    for (const [index, type] of TYPES.entries()) {
      const names = (await propertiesOf(page, type)).filter((name) => !OWN.includes(name));
      const wrong = names.map((name) => [name, LISTS.includes(name) ? rows : HTML] as const);
      const node = { id: `n${index}`, type, z: 'other', x: 200, y: 40 + index * 40, wires: [] };
      nodes.push({ ...Object.fromEntries(wrong), ...node });
    }
    await page.importFlow([{ id: 'other', type: 'tab', label: 'Other' }, ...nodes]);
    for (const { id, type } of nodes) {
      await openAndClose(page, id);
      assert.deepEqual(thrown, [], type);
    }
    assert.equal(await page.page.locator('img[src="x"]').count(), 0);
  });

  it('a profile that is deleted while a dialog is open leaves a node that says it lacks one', async () => {
    const page = await editor.open({
      flows: [
        { id: 'tab', type: 'tab', label: 'Tab' },
        { id: 'm', type: 'pool-mqtt-profile', name: HTML, broker: '127.0.0.1', port: '1', autoConnect: false },
        ...[{ id: 's', type: 'pool-mqtt-source', z: 'tab', x: 200, y: 100, wires: [[]], profile: 'm', topic: 'a' }],
      ],
    });
    const thrown = thrownIn(page);
    await page.openDialog('s');
    const advice = page.tray.locator('.edgepool-advice');
    assert.equal(await advice.isVisible(), false);
    await page.tray.locator('#node-input-btn-profile-edit').click();
    await page.trays(2);
    await page.tray.locator('button', { hasText: 'Delete' }).click();
    await page.trays(1);
    await advice.filter({ hasText: 'There is no connection yet' }).waitFor();
    await page.closeDialog();
    const invalid = await page.page.evaluate(() => RED.nodes.node('s')?.valid === false);
    assert.ok(invalid);
    assert.deepEqual(thrown, []);
  });
});
