/** All of the sidebar can be done from the keyboard, and a screen reader is told of changes of state. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { emptyDetails, FakeFeed, liveRow } from '../support/fake-feed';
import { showSidebar, type SidebarPage } from '../support/sidebar';

describe('editor: the sidebar by keyboard', function () {
  this.timeout(90_000);
  const editor = useEditor();
  let feed: FakeFeed;

  async function opened(): Promise<SidebarPage> {
    feed = new FakeFeed();
    feed.tellsOf(
      [1, 2, 3, 4, 5, 6].map((index) => liveRow(index)),
      (key) => ({
        ...emptyDetails(key),
        nodes: [{ id: 'n', type: 'pool-mqtt-sink', name: 'Node' }],
      }),
    );
    const page = await editor.open({ flows: [], load: false });
    await feed.play(page.page);
    await page.load((await editor.nodeRed()).url);
    const sidebar = await showSidebar(page);
    await sidebar.lists('Broker 1', 'Broker 2', 'Broker 3', 'Broker 4', 'Broker 5', 'Broker 6');
    return sidebar;
  }

  const focused = (sidebar: SidebarPage) => sidebar.page.evaluate<string>('document.activeElement.textContent');

  it('goes through the list with the arrows, opens and closes', async () => {
    const sidebar = await opened();
    const { keyboard } = sidebar.page;
    await sidebar.panel.locator('input[type=search]').focus();
    await keyboard.press('ArrowDown');
    assert.match(await focused(sidebar), /^Broker 1/);
    await keyboard.press('ArrowDown');
    assert.match(await focused(sidebar), /^Broker 2/);
    await keyboard.press('End');
    assert.match(await focused(sidebar), /^Broker 6/);
    await keyboard.press('Home');
    await keyboard.press('ArrowRight');
    const button = sidebar.button('Broker 1');
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
    const controlled = await button.getAttribute('aria-controls');
    assert.equal(await sidebar.page.locator(`[id="${controlled}"]`).count(), 1);
    await sidebar.row('Broker 1').locator('.edgepool-node').waitFor();
    // Into the details, and back.
    await keyboard.press('Tab');
    assert.equal(await focused(sidebar), 'Reconnect');
    await keyboard.press('Escape');
    assert.match(await focused(sidebar), /^Broker 1/);
    await keyboard.press('ArrowLeft');
    assert.equal(await button.getAttribute('aria-expanded'), 'false');
    await keyboard.press('Enter');
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
  });

  it('is one stop of the tab key, wherever one was in the list', async () => {
    const sidebar = await opened();
    await sidebar.button('Broker 4').focus();
    const stops = sidebar.panel.locator('.edgepool-toggle[tabindex="0"]');
    assert.equal(await stops.count(), 1);
    assert.match((await stops.textContent()) ?? '', /^Broker 4/);
  });

  it('keeps the focus when the order changes', async () => {
    const sidebar = await opened();
    await sidebar.panel.locator('select').selectOption('traffic');
    await sidebar.lists('Broker 6', 'Broker 5', 'Broker 4', 'Broker 3', 'Broker 2', 'Broker 1');
    await sidebar.button('Broker 3').focus();
    feed.send({ gone: ['mqtt-6'] });
    await sidebar.lists('Broker 5', 'Broker 4', 'Broker 3', 'Broker 2', 'Broker 1');
    assert.match(await focused(sidebar), /^Broker 3/);
  });

  it('announces changes of state and nothing else', async () => {
    const sidebar = await opened();
    const said = sidebar.panel.locator('.edgepool-spoken[role=status]');
    feed.send({ rows: [liveRow(3, { rates: { messagesIn: 99, messagesOut: 0, bytesIn: 1, bytesOut: 0 } })] });
    await sidebar.says('Broker 3', '99 msg/s');
    assert.equal(await said.textContent(), '');
    const reason = { code: 'X', message: 'The broker has gone.' };
    feed.send({ rows: [liveRow(3, { state: 'waiting', attempt: 1, nextAttemptAt: Date.now() + 5000, reason })] });
    await said.filter({ hasText: 'Broker 3: Not connected. The broker has gone.' }).waitFor();
    feed.send({ rows: [1, 2, 4, 5].map((index) => liveRow(index, { state: 'connecting', attempt: 1 })) });
    await said.filter({ hasText: '4 connections have changed.' }).waitFor();
  });
});
