/** The sidebar watches while it is shown and permitted, wherever the admin root is, and says so when it can't. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { FakeFeed, liveRow } from '../support/fake-feed';
import { showSidebar, type SidebarPage } from '../support/sidebar';
import { waitFor } from '../support/waiting';

describe('editor: the feed of the sidebar', function () {
  this.timeout(90_000);
  const editor = useEditor({ settings: { httpAdminRoot: '/some/where' } });

  async function opened(feed: FakeFeed, allowed: readonly RegExp[] = []): Promise<SidebarPage> {
    const page = await editor.open({ flows: [], load: false, allowed });
    await feed.play(page.page);
    await page.load((await editor.nodeRed()).url);
    return showSidebar(page);
  }

  it('works with another admin root', async () => {
    const profile = { type: 'pool-mqtt-profile', name: 'Away', broker: '127.0.0.1', port: '1' };
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'away', ...profile },
      { id: 'sink', type: 'pool-mqtt-sink', z: 'flow', profile: 'away', topic: 'b', x: 200, y: 100, wires: [] },
    ];
    const sidebar = await showSidebar(await editor.open({ flows }));
    await sidebar.shows('Away', 'waiting');
    await sidebar.open('Away');
    await sidebar.press('Away', 'test');
    await sidebar.result('Away').filter({ hasText: 'It does not work' }).waitFor();
  });

  it('says so when the runtime refuses, and tries again when asked', async () => {
    const feed = new FakeFeed();
    feed.tellsOf([liveRow(1)]);
    feed.status = 409;
    const sidebar = await opened(feed, [/409/]);
    await sidebar.panel.filter({ hasText: 'It is refused.' }).waitFor();
    feed.status = 200;
    await sidebar.panel.getByRole('button', { name: 'Try again' }).click();
    await sidebar.shows('Broker 1', 'connected');
  });

  it('says so when the permission was taken away', async () => {
    const feed = new FakeFeed();
    feed.status = 403;
    const sidebar = await opened(feed, [/403/]);
    await sidebar.panel.filter({ hasText: 'connection-pool.read' }).waitFor();
  });

  it('asks for nothing while it is hidden', async () => {
    const feed = new FakeFeed();
    feed.tellsOf([liveRow(1)]);
    const sidebar = await opened(feed);
    await sidebar.shows('Broker 1', 'connected');
    await sidebar.page.evaluate(`RED.sidebar.show('info')`);
    await waitFor(() => feed.requests.some(({ stop }) => stop === true), 'the feed to be stopped');
    await sidebar.page.evaluate(`RED.sidebar.show('connection-pool')`);
    await sidebar.panel.waitFor();
    await waitFor(() => feed.requests.at(-1)?.seen !== undefined, 'the feed to begin again');
    const kinds = feed.requests.map(({ ticket, stop }) => (ticket ? 'begin' : stop ? 'end' : 'seen'));
    assert.deepEqual(
      kinds.filter((kind) => kind !== 'seen'),
      ['begin', 'end', 'begin'],
    );
  });
});
