/** With many connections there is a search, and a choice of orders; nothing changes places below the pointer. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { emptyDetails, FakeFeed, liveRow } from '../support/fake-feed';
import { showSidebar, type SidebarPage } from '../support/sidebar';

const rows = [
  liveRow(1, { nodes: 5 }),
  liveRow(2, { nodes: 50 }),
  liveRow(3, {
    state: 'waiting',
    attempt: 2,
    nextAttemptAt: Date.now() + 60_000,
    reason: { code: 'X', message: 'Nothing listens there.' },
  }),
  liveRow(4, { type: 'redis', address: 'redis://cache:6379/0', nodes: 20 }),
  liveRow(10, { paused: true, state: 'idle' }),
];

describe('editor: search and order of the sidebar', function () {
  this.timeout(90_000);
  const editor = useEditor();

  async function opened(feed: FakeFeed): Promise<SidebarPage> {
    const page = await editor.open({ flows: [], load: false });
    await feed.play(page.page);
    await page.load((await editor.nodeRed()).url);
    return showSidebar(page);
  }

  it('orders by problems, name, traffic and nodes', async () => {
    const feed = new FakeFeed();
    feed.tellsOf(rows);
    const sidebar = await opened(feed);
    await sidebar.lists('Broker 3', 'Broker 10', 'Broker 1', 'Broker 2', 'Broker 4');
    const order = sidebar.panel.locator('select');
    await order.selectOption('name');
    await sidebar.lists('Broker 1', 'Broker 2', 'Broker 3', 'Broker 4', 'Broker 10');
    await order.selectOption('traffic');
    await sidebar.lists('Broker 10', 'Broker 4', 'Broker 3', 'Broker 2', 'Broker 1');
    await order.selectOption('nodes');
    await sidebar.lists('Broker 2', 'Broker 4', 'Broker 3', 'Broker 10', 'Broker 1');
  });

  it('finds by name, address, protocol, state and reason, and in the nodes and subscriptions of opened rows', async () => {
    const feed = new FakeFeed();
    feed.tellsOf(rows, (key) => ({ ...emptyDetails(key), nodes: [{ id: 'n', type: 't', name: 'Needle' }] }));
    const sidebar = await opened(feed);
    const search = sidebar.panel.locator('input[type=search]');
    for (const [words, ...names] of [
      ['broker 10', 'Broker 10'],
      ['CACHE redis', 'Broker 4'],
      ['paused', 'Broker 10'],
      ['listens', 'Broker 3'],
      ['not connected', 'Broker 3'],
    ] as const) {
      await search.fill(words);
      await sidebar.lists(...names);
    }
    await sidebar.panel.filter({ hasText: '1 found' }).waitFor();
    await search.fill('');
    await sidebar.open('Broker 2');
    await sidebar.row('Broker 2').locator('.edgepool-node').waitFor();
    await search.fill('needle');
    await sidebar.lists('Broker 2');
  });

  it('finds the connection of a node by what the canvas calls it, though its row is closed', async () => {
    const feed = new FakeFeed();
    feed.tellsOf(rows);
    const page = await editor.open({
      flows: [
        { id: 'tab', type: 'tab', label: 'Tab' },
        { id: 'profile-2', type: 'pool-mqtt-profile', broker: '127.0.0.1', autoConnect: false },
        { id: 'node', type: 'pool-mqtt-source', z: 'tab', x: 100, y: 100, profile: 'profile-2', topic: 'press/+' },
      ],
      load: false,
    });
    await feed.play(page.page);
    await page.load((await editor.nodeRed()).url);
    const sidebar = await showSidebar(page);
    await sidebar.row('Broker 2').waitFor();
    await sidebar.panel.locator('input[type=search]').fill('press/');
    await sidebar.lists('Broker 2');
  });

  it('keeps the places below the pointer when states change, and orders when it leaves', async () => {
    const feed = new FakeFeed();
    feed.tellsOf(rows);
    const sidebar = await opened(feed);
    await sidebar.lists('Broker 3', 'Broker 10', 'Broker 1', 'Broker 2', 'Broker 4');
    await sidebar.row('Broker 4').hover();
    feed.send({ rows: [liveRow(2, { state: 'refused', reason: { code: 'X', message: 'Go away.' } })] });
    await sidebar.shows('Broker 2', 'refused');
    assert.deepEqual(await sidebar.titles(), ['Broker 3', 'Broker 10', 'Broker 1', 'Broker 2', 'Broker 4']);
    await sidebar.page.mouse.move(300, 300);
    await sidebar.lists('Broker 2', 'Broker 3', 'Broker 10', 'Broker 1', 'Broker 4');
  });

  it('has neither while there are few connections', async () => {
    const feed = new FakeFeed();
    feed.tellsOf([liveRow(1), liveRow(2)]);
    const sidebar = await opened(feed);
    await sidebar.lists('Broker 1', 'Broker 2');
    assert.equal(await sidebar.panel.locator('input[type=search]').isVisible(), false);
    await sidebar.panel.filter({ hasText: '20 nodes on 2 connections' }).waitFor();
  });
});
