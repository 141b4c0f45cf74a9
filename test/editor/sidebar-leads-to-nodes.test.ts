/** An opened row lists the nodes by flow, the subscriptions and what waits; a click on a node leads to it. */
import assert from 'node:assert/strict';
import type { EditorGlobal } from '../support/editor-globals';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

declare const RED: EditorGlobal;

describe('editor: an opened row of the sidebar', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  async function flows(): Promise<{ readonly id: string; readonly type: string }[]> {
    const broker = teardown.stopLater(await startMosquitto());
    const profile = { type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port), clientid: '' };
    const place = { x: 200, y: 100, wires: [] };
    return [
      { id: 'first', type: 'tab', label: 'First flow' },
      { id: 'second', type: 'tab', label: 'Second flow' },
      { id: 'shared', ...profile, name: 'Shared' } as { id: string; type: string },
      {
        id: 'source',
        type: 'pool-mqtt-source',
        name: 'Hear',
        z: 'first',
        profile: 'shared',
        topic: 'a/+',
        qos: '1',
        ...place,
      },
      { id: 'sink', type: 'pool-mqtt-sink', name: '<b>Say</b>', z: 'second', profile: 'shared', topic: 'b', ...place },
      { id: 'template', type: 'subflow', name: 'Template', in: [], out: [] },
      { id: 'inner', type: 'pool-mqtt-sink', name: 'Inner', z: 'template', profile: 'shared', topic: 'c', ...place },
      { id: 'instance', type: 'subflow:template', z: 'first', ...place, y: 220 },
    ] as { readonly id: string; readonly type: string }[];
  }

  const active = () => RED.workspaces.active();

  it('lists the nodes by flow, and the subscriptions', async () => {
    const sidebar = await showSidebar(await editor.open({ flows: await flows() }));
    await sidebar.shows('Shared', 'connected');
    await sidebar.open('Shared');
    const row = sidebar.row('Shared');
    await row.locator('.edgepool-node').nth(2).waitFor();
    const groups = await row.locator('.edgepool-flow').evaluateAll((all) =>
      all.map((flow) => ({
        flow: flow.querySelector('.edgepool-label')?.textContent,
        nodes: [...flow.querySelectorAll('.edgepool-node .edgepool-label')].map((label) => label.textContent),
      })),
    );
    assert.deepEqual(groups, [
      { flow: 'First flow', nodes: ['Hear'] },
      { flow: 'Second flow', nodes: ['<b>Say</b>'] },
      { flow: 'Template', nodes: ['Inner'] },
    ]);
    const subscription = row.locator('.edgepool-item', {
      has: sidebar.page.locator('.edgepool-name', { hasText: 'a/+' }),
    });
    await subscription.filter({ hasText: 'QoS 1 · 1 node · 0 messages' }).waitFor();
  });

  it('calls nodes without a name as the canvas does, and names all profiles that share it', async () => {
    const named = await flows();
    const unnamed = named
      .map((node) => (node.id === 'source' ? { ...node, name: '' } : node))
      .map((node) => (node.id === 'sink' ? { ...node, profile: 'other' } : node));
    const other = { ...named.find(({ id }) => id === 'shared'), id: 'other', name: '' } as (typeof named)[number];
    const sidebar = await showSidebar(await editor.open({ flows: [...unnamed, other] }));
    await sidebar.shows('Shared', 'connected');
    await sidebar.open('Shared');
    const row = sidebar.row('Shared');
    await row.locator('.edgepool-node[data-node="source"] .edgepool-label', { hasText: /^a\/\+$/ }).waitFor();
    const tooltip = await row.locator('.edgepool-title').getAttribute('title');
    assert.match(String(tooltip).split('\n').sort().join(), /^127\.0\.0\.1:\d+,Shared$/);
  });

  it('goes to a node of another flow', async () => {
    const opened = await editor.open({ flows: await flows() });
    const sidebar = await showSidebar(opened);
    await sidebar.shows('Shared', 'connected');
    await sidebar.open('Shared');
    assert.equal(await sidebar.page.evaluate(active), 'first');
    await sidebar.row('Shared').locator('.edgepool-node', { hasText: 'Say' }).click();
    await sidebar.page.waitForFunction(() => RED.workspaces.active() === 'second');
  });

  it('goes to the instance for a node that is in a subflow', async () => {
    const opened = await editor.open({ flows: await flows() });
    const sidebar = await showSidebar(opened);
    await sidebar.shows('Shared', 'connected');
    await sidebar.open('Shared');
    await sidebar.page.evaluate(() => RED.view.reveal('sink'));
    await sidebar.page.waitForFunction(() => RED.workspaces.active() === 'second');
    await sidebar.row('Shared').locator('.edgepool-node', { hasText: 'Inner' }).click();
    await sidebar.page.waitForFunction(() => RED.workspaces.active() === 'first');
  });

  it('says so when a node is not in the editor any more', async () => {
    const opened = await editor.open({ flows: await flows() });
    const sidebar = await showSidebar(opened);
    await sidebar.shows('Shared', 'connected');
    await sidebar.open('Shared');
    await sidebar.row('Shared').locator('.edgepool-node', { hasText: 'Say' }).waitFor();
    // Another editor deploys a flow without the node's tab; this one still has it, so it is deleted here, too.
    await sidebar.page.evaluate(`RED.nodes.removeWorkspace('second')`);
    await sidebar.row('Shared').locator('.edgepool-node', { hasText: 'Say' }).click();
    await sidebar.result('Shared').filter({ hasText: 'not in the editor' }).waitFor();
  });
});
