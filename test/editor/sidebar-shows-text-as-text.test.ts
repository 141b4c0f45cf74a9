/** Names, addresses, topics and errors may hold anything: they are shown as they are, and nothing of it is executed. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { FakeFeed, liveRow } from '../support/fake-feed';
import { showSidebar, type SidebarPage } from '../support/sidebar';

const HOSTILE = `<img src=x onerror="window.executed=1"><script>window.executed=1</script>$t(state.idle) __count__ {{x}}`;

describe('editor: hostile names in the sidebar', function () {
  this.timeout(90_000);
  const editor = useEditor();

  async function opened(feed: FakeFeed): Promise<SidebarPage> {
    const page = await editor.open({ flows: [], load: false });
    await feed.play(page.page);
    await page.load((await editor.nodeRed()).url);
    return showSidebar(page);
  }

  it('shows them as text', async () => {
    const feed = new FakeFeed();
    const reason = { code: HOSTILE, message: `message ${HOSTILE}` };
    const profiles = [{ id: HOSTILE, name: HOSTILE }];
    const bad = { state: 'waiting', reason, profiles, address: HOSTILE, type: HOSTILE, key: HOSTILE } as const;
    feed.tellsOf([liveRow(1, bad), liveRow(2, { lastError: { ...reason, at: Date.now() } })], (key) => ({
      key,
      nodes: [{ id: HOSTILE, type: HOSTILE, name: HOSTILE, flow: { id: HOSTILE, label: HOSTILE } }],
      subscriptions: [{ filter: HOSTILE, kind: HOSTILE, nodes: 1, messages: 1, refused: HOSTILE }],
      queues: [{ name: HOSTILE, waiting: 1, kind: 'memory' }],
    }));
    const sidebar = await opened(feed);
    await sidebar.open(HOSTILE);
    const row = sidebar.row(HOSTILE);
    await row.locator('.edgepool-item').nth(1).waitFor();
    assert.equal(await row.locator('.edgepool-reason').textContent(), `message ${HOSTILE}`);
    assert.deepEqual(await row.locator('.edgepool-name').allTextContents(), [HOSTILE, HOSTILE]);
    assert.deepEqual(await row.locator('.edgepool-flow .edgepool-label').allTextContents(), [HOSTILE, HOSTILE]);
    await sidebar.says('Broker 2', `message ${HOSTILE}`);
    assert.equal(await sidebar.panel.locator('img, script').count(), 0);
    assert.equal(await sidebar.page.evaluate('window.executed'), undefined);
  });
});
