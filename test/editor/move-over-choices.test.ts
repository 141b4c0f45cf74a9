/** What the dialog of moving over offers and says, for flows in which not everything can go, and for very large ones. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { broker, mqttIn, mqttOut } from '../support/move-over-flows';
import { choose, confirmMove, editorState, openMoveOver, summary } from '../support/move-over-page';
import type { FlowNode } from '../support/own-node-red';
import { freePort } from '../support/ports';

const TAB = { id: 'flow', type: 'tab', label: '<b>Plant</b>', disabled: true };

describe('editor: the dialog of moving over', function () {
  this.timeout(180_000);
  const editor = useEditor();

  it('names what stays and why, and takes it along if that is wanted', async () => {
    const port = await freePort();
    const flows: FlowNode[] = [
      TAB,
      mqttIn('fine', 'flow', 'b-1', { name: '<i>fine</i>' }),
      mqttOut('odd', 'flow', 'b-2', { name: '<img src=x>' }),
      broker('b-1', port),
      broker('b-2', port, { broker: 'wx://host' }),
    ];
    const page = await editor.open({ flows });
    await openMoveOver(page, 'mqtt');
    const careful = await summary(page);
    assert.match(careful, /1 × mqtt in → mqtt source/);
    assert.match(careful, /1 in <b>Plant<\/b>/);
    // Of what moves, and only of that.
    assert.match(careful, /What becomes different\s+after a deploy subscriptions go on/);
    assert.doesNotMatch(careful, /messages wait in a queue/);
    assert.match(careful, /begin with wx:\/\/ are not supported \(<img src=x>\)/);
    assert.equal(await page.page.locator('#pool-move-over-ok').innerText(), 'Move 1 node');
    await choose(page, 'Also move the node with something that has no counterpart');
    assert.match(await summary(page), /1 × mqtt out → mqtt sink/);
    assert.match(await summary(page), /messages wait in a queue/);
    assert.equal(await page.page.locator('#pool-move-over-ok').innerText(), 'Move 2 nodes');
    await confirmMove(page);
    assert.deepEqual(
      [(await page.node('fine'))?.['type'], (await page.node('odd'))?.['type']],
      ['pool-mqtt-source', 'pool-mqtt-sink'],
    );
  });

  it('says how many profiles equal brokers become', async () => {
    const port = await freePort();
    const nodes = [
      mqttIn('one', 'flow', 'b-1'),
      mqttIn('two', 'flow', 'b-2'),
      broker('b-1', port),
      broker('b-2', port),
    ];
    const page = await editor.open({ flows: [TAB, ...nodes] });
    await openMoveOver(page, 'mqtt');
    assert.match(await summary(page), /2 × mqtt-broker → mqtt profile/);
    await choose(page, '1 fewer');
    assert.match(await summary(page), /2 × mqtt-broker → 1 × mqtt profile/);
  });

  it('is in the window with its buttons, however much it has to say', async () => {
    const flows: FlowNode[] = [TAB];
    for (let index = 0; index < 30; index += 1) {
      const id = String(index);
      flows.push(mqttIn(`in-${id}`, 'flow', `b-${id}`, { name: `node ${id}` }));
      flows.push(
        broker(`b-${id}`, 1, {
          broker: `w${id}x://host`.replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? ''),
        }),
      );
    }
    const page = await editor.open({ flows, viewport: { width: 1000, height: 700 } });
    await openMoveOver(page, 'mqtt');
    // The styles of the dialog come after it.
    await page.page.waitForFunction(() => {
      const all = document.querySelector('.pool-move-over')?.closest('.ui-dialog')?.getBoundingClientRect();
      const summaryHeight = document.querySelector('.pool-move-over-summary')?.clientHeight ?? 0;
      return all !== undefined && summaryHeight > 200 && all.top >= 0 && all.bottom <= window.innerHeight;
    });
  });

  it('says so when there is nothing to move', async () => {
    const page = await editor.open({ flows: [TAB] });
    await openMoveOver(page, 'redis');
    assert.match(await summary(page), /no contrib Redis nodes/);
    assert.equal(await page.page.locator('#pool-move-over-ok').isDisabled(), true);
    await page.page.locator('#pool-move-over-cancel').click();
    await page.page.locator('.pool-move-over').waitFor({ state: 'detached' });
    assert.equal((await editorState(page)).dirty, false);
  });

  it('moves 2000 nodes, and back', async () => {
    const port = await freePort();
    const tabs = Array.from({ length: 20 }, (_, index) => ({ id: `tab-${index}`, type: 'tab', label: `Tab ${index}` }));
    const pairs = Array.from({ length: 1000 }, (_, index) => {
      const tab = `tab-${index % tabs.length}`;
      const y = 40 + Math.floor(index / tabs.length) * 20;
      return [
        mqttIn(`in-${index}`, tab, `b-${index % 50}`, { y, wires: [[`out-${index}`]] }),
        mqttOut(`out-${index}`, tab, `b-${index % 50}`, { y }),
      ];
    });
    const brokers = Array.from({ length: 50 }, (_, index) => broker(`b-${index}`, port, { d: true }));
    const page = await editor.open({ flows: [...tabs, ...pairs.flat(), ...brokers] });
    const before = await editorState(page);
    await openMoveOver(page, 'mqtt');
    await choose(page, '49 fewer');
    await confirmMove(page);
    const after = await editorState(page);
    assert.equal(after.users['b-0']?.length, 2000);
    assert.deepEqual(Object.keys(after.users), ['b-0']);
    await page.action('core:undo');
    assert.deepEqual(await editorState(page), before);
  });
});
