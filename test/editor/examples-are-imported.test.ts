/** Every example comes in through the import dialog, as it is in its file, and works when it is deployed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useEditor } from '../support/editor';
import type { EditorGlobal } from '../support/editor-globals';
import type { EditorPage } from '../support/editor-page';
import { startMosquitto } from '../support/mosquitto';
import type { FlowNode } from '../support/own-node-red';
import { packageRoot } from '../support/package-root';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

declare const RED: EditorGlobal;

const FOLDER = join(packageRoot, 'examples');
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as FlowNode[];

/** Chooses an example in the import dialog, by its name there. */
async function importExample({ page }: EditorPage, name: string): Promise<void> {
  await page.evaluate(() => RED.actions.invoke('core:show-examples-import-dialog'));
  const dialog = page.locator('#red-ui-clipboard-dialog');
  const entry = (text: string) => dialog.locator('.red-ui-treeList-label:visible').filter({ hasText: text });
  await entry('@edgepool/node-red-connection-pool').click();
  await entry(name).click();
  await page.locator('#red-ui-clipboard-dialog-ok').click();
  // The dialog is closed before the example is fetched.
  await page.waitForFunction((id) => Boolean(RED.nodes.node(id)), read(name).at(-1)?.id ?? '');
}

describe('editor: the examples', function () {
  this.timeout(180_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('are imported through the dialog as they are in their files, valid, and work once they know the servers', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const redis = teardown.stopLater(await startRedis());
    const flow = await editor.open({ flows: [] });
    for (const name of NAMES) await importExample(flow, name);
    const found = new Map((await flow.exported()).map((node) => [node.id, node]));
    for (const name of NAMES) for (const node of read(name)) assert.deepEqual(found.get(node.id), node, name);
    assert.deepEqual(await flow.page.evaluate(invalidNodes), []);

    const { port } = await editor.nodeRed();
    await flow.page.evaluate(setServers, { broker: `${broker.port}`, redis: `${redis.port}`, web: `${port}` });
    await flow.deploy();
    await flow.page.waitForFunction(allAreGreen).catch(async () => {
      assert.fail(`not all nodes are well: ${await flow.page.evaluate(statuses)}`);
    });
  });
});

function invalidNodes(): string[] {
  const ids: string[] = [];
  RED.nodes.eachNode(({ id, valid }) => valid === false && ids.push(id));
  RED.nodes.eachConfig(({ id, valid }) => valid === false && ids.push(id));
  return ids;
}

function setServers(ports: { readonly broker: string; readonly redis: string; readonly web: string }): void {
  RED.nodes.eachConfig((node) => {
    if (node.type === 'pool-mqtt-profile') Object.assign(node, { port: ports.broker });
    if (node.type === 'pool-redis-profile') Object.assign(node, { port: ports.redis });
    if (node.type === 'pool-http-profile') Object.assign(node, { baseUrl: `http://127.0.0.1:${ports.web}` });
  });
}

/** Also on the flows that aren't shown. */
function allAreGreen(): boolean {
  let count = 0;
  let green = 0;
  RED.nodes.eachNode(({ type, status }) => {
    if (!type.startsWith('pool-')) return;
    count += 1;
    if (status?.fill === 'green') green += 1;
  });
  return count > 0 && green === count;
}

function statuses(): string {
  const lines: string[] = [];
  RED.nodes.eachNode(({ id, type, status }) => {
    if (type.startsWith('pool-')) lines.push(`${type} ${id}: ${status?.text}`);
  });
  return lines.join('\n');
}
