/** 500 connections and 5000 nodes stay smooth: what is not in sight is not touched, and long lists come in parts. */
import assert from 'node:assert/strict';
import type { LiveDetails } from '../../src/runtime/live/live-message';
import { useEditor } from '../support/editor';
import { FakeFeed, liveRow } from '../support/fake-feed';
import { showSidebar, type SidebarPage } from '../support/sidebar';

const COUNT = 500;

const rows = (traffic: number) =>
  Array.from({ length: COUNT }, (_, index) => {
    return liveRow(index, { rates: { messagesIn: traffic, messagesOut: 0, bytesIn: traffic, bytesOut: 0 } });
  });

const details = (key: string): LiveDetails => ({
  key,
  nodes: Array.from({ length: 5000 }, (_, index) => ({
    id: `node-${index}`,
    type: 'pool-mqtt-source',
    name: `Node ${index}`,
    flow: { id: `flow-${index % 10}`, label: `Flow ${index % 10}` },
  })),
  subscriptions: Array.from({ length: 1000 }, (_, index) => ({ filter: `a/${index}`, qos: 0, nodes: 5, messages: 0 })),
  queues: [],
});

describe('editor: the sidebar with 500 connections', function () {
  this.timeout(120_000);
  const editor = useEditor();
  let feed: FakeFeed;

  async function opened(): Promise<SidebarPage> {
    feed = new FakeFeed();
    feed.tellsOf(rows(1), details);
    const page = await editor.open({ flows: [], load: false });
    await feed.play(page.page);
    await page.load((await editor.nodeRed()).url);
    const sidebar = await showSidebar(page);
    await sidebar.row(`Broker ${COUNT - 1}`).waitFor({ state: 'attached' });
    return sidebar;
  }

  it('changes only the rows in sight, and the others when they come into sight', async () => {
    const sidebar = await opened();
    await sidebar.says('Broker 1', '1 msg/s');
    await sidebar.page.evaluate(`
      window.touched = new Set();
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const row = (target.nodeType === 1 ? target : target.parentElement)?.closest('.edgepool-connection');
          if (row) window.touched.add(row.dataset.key);
        }
      }).observe(document.querySelector('.edgepool-connections'), { subtree: true, childList: true, characterData: true });
    `);
    const seq = feed.send({ rows: rows(7) });
    await sidebar.says('Broker 1', '7 msg/s');
    await sidebar.page.waitForFunction('window.touched.size > 0');
    const touched = await sidebar.page.evaluate<number>('window.touched.size');
    assert.ok(touched < 50, `${touched} rows were touched`);
    assert.ok(feed.requests.some(({ seen }) => seen === seq));

    const last = sidebar.row(`Broker ${COUNT - 1}`);
    await last.scrollIntoViewIfNeeded();
    await last.filter({ hasText: '7 msg/s' }).waitFor();
  });

  it('shows 5000 nodes by flow, and those of a flow in parts', async () => {
    const sidebar = await opened();
    await sidebar.open('Broker 1');
    const row = sidebar.row('Broker 1');
    await row.locator('.edgepool-flow').nth(9).waitFor();
    assert.equal(await row.locator('.edgepool-node').count(), 0);
    const flow = row.locator('.edgepool-flow').nth(3);
    await flow.locator('summary').click();
    await flow.locator('.edgepool-node').first().waitFor();
    assert.equal(await flow.locator('.edgepool-node').count(), 200);
    await flow.getByRole('button', { name: 'Show 300 more' }).click();
    await flow.getByRole('button', { name: 'Show 100 more' }).click();
    assert.equal(await flow.locator('.edgepool-node').count(), 500);
    // What is told again changes nothing.
    feed.send({ details: [details('mqtt-1')] });
    const seq = feed.send({ rows: [liveRow(1, { nodes: 77 })] });
    await sidebar.says('Broker 1', '77 nodes');
    assert.ok(seq > 0);
    assert.equal(await flow.locator('.edgepool-node').count(), 500);
  });
});
