/** Moving over is one step of the editor's history: undo brings back exactly what was there, redo what had become of it. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { richFlows } from '../support/move-over-flows';
import { choose, confirmMove, editorState, openMoveOver } from '../support/move-over-page';
import { freePort } from '../support/ports';
import { waitForAsync } from '../support/waiting';

type Node = Readonly<Record<string, unknown>>;

/** What must not change of a node that moves. */
const KEPT = [
  'id',
  'z',
  'g',
  'name',
  'info',
  'd',
  'l',
  'icon',
  'x',
  'y',
  'wires',
  'inputLabels',
  'outputLabels',
  'topic',
];

describe('editor: moving over is undone', function () {
  this.timeout(120_000);
  const editor = useEditor();

  it('exactly, with one profile for brokers alike, and done again', async () => {
    const page = await editor.open({ flows: richFlows(await freePort()) });
    const before = await editorState(page);
    await openMoveOver(page, 'mqtt');
    await choose(page, 'same settings');
    await confirmMove(page);

    const after = await editorState(page);
    const was = new Map((before.exported as Node[]).map((node) => [node['id'], node]));
    const became = new Map((after.exported as Node[]).map((node) => [node['id'], node]));
    const types = Object.fromEntries([...became.values()].map(({ id, type }) => [id, type]));
    for (const id of ['in-1', 'dynamic', 'sub-in']) assert.equal(types[String(id)], 'pool-mqtt-source');
    for (const id of ['out-1', 'out-2', 'out-3', 'sub-out']) assert.equal(types[id], 'pool-mqtt-sink');
    assert.deepEqual(
      [types['b-1'], types['b-2'], types['b-3'], types['b-4']],
      ['pool-mqtt-profile', undefined, 'pool-mqtt-profile', 'mqtt-broker'],
    );
    assert.equal(types['shut-in'], 'mqtt in');
    for (const [id, node] of became) {
      const old = was.get(id) ?? {};
      const kept = node['type'] === old['type'] ? Object.keys(old) : KEPT;
      for (const property of kept) assert.deepEqual(node[property], old[property], `${String(id)}: ${property}`);
    }
    assert.equal(became.get('out-2')?.['profile'], 'b-1');
    assert.deepEqual(after.order, before.order);
    assert.deepEqual(after.users['b-1'], ['in-1', 'out-1', 'out-2', 'sub-in', 'sub-out']);
    assert.deepEqual([before.dirty, after.dirty], [false, true]);
    assert.deepEqual(after.changedFlows, ['first', 'second']);

    await page.action('core:undo');
    assert.deepEqual(await editorState(page), before);
    await page.action('core:redo');
    assert.deepEqual(await editorState(page), after);
    await page.action('core:undo');
    assert.deepEqual(await editorState(page), before);
  });

  it('also after a deploy in between: then everything that was moved is changed', async () => {
    const page = await editor.open({ flows: richFlows(await freePort()) });
    const before = await editorState(page);
    await openMoveOver(page, 'mqtt');
    await confirmMove(page);
    const after = await editorState(page);
    await page.deploy();
    assert.deepEqual((await editorState(page)).changed, []);
    await page.action('core:undo');
    const undone = await editorState(page);
    assert.deepEqual(undone.exported, before.exported);
    assert.deepEqual(undone.changed, after.changed);
    assert.equal(undone.dirty, true);
  });

  it('what is drawn is what it has become, and what it was', async () => {
    const page = await editor.open({ flows: richFlows(await freePort()) });
    const icon = () =>
      page.page
        .locator('[id="in-1"] image')
        .evaluate((image) => image.getAttributeNS('http://www.w3.org/1999/xlink', 'href'));
    const ports = async () => page.page.locator('[id="in-1"] .red-ui-flow-port').count();
    await waitForAsync(async () => Boolean(await icon()), 'the icon');
    const before = [await icon(), await ports()];
    await openMoveOver(page, 'mqtt');
    await confirmMove(page);
    await waitForAsync(async () => (await icon())?.includes('edgepool-mqtt-source') === true, 'the icon');
    assert.equal(await ports(), before[1]);
    await page.action('core:undo');
    await waitForAsync(async () => (await icon()) === before[0], 'the icon');
    assert.equal(await ports(), before[1]);
  });
});
