/** The way of somebody new, by mouse and keyboard: from an empty Node-RED to a connection that nodes share. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

interface Connection {
  readonly type: string;
  readonly state: string;
  readonly users: readonly object[];
}

interface Nodes {
  readonly inject: string;
  readonly sink: string;
  readonly source: string;
  readonly debug: string;
}

describe('editor: from an empty Node-RED to a shared connection', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  /** inject -> sink, source -> debug: dragged from the palette and wired. */
  async function draw(flow: EditorPage, protocol: string): Promise<Nodes> {
    const inject = await flow.drag('inject', { x: 150, y: 100 });
    const sink = await flow.drag(`pool-${protocol}-sink`, { x: 400, y: 100 });
    const source = await flow.drag(`pool-${protocol}-source`, { x: 150, y: 220 });
    const debug = await flow.drag('debug', { x: 400, y: 220 });
    await flow.wire(inject, sink);
    await flow.wire(source, debug);
    return { inject, sink, source, debug };
  }

  /** Adds a profile in the dialog of a node: address and port are all it needs. */
  async function addProfile(flow: EditorPage, addressField: string, port: number): Promise<void> {
    await flow.page.locator('#node-input-btn-profile-add').click();
    await flow.trays(2);
    await flow.fill(`node-config-input-${addressField}`, '127.0.0.1');
    await flow.fill('node-config-input-port', String(port));
    await flow.closeDialog();
  }

  /** Deploys, and sees that both nodes say they are connected, share one connection, and a message comes round. */
  async function assertWorking(flow: EditorPage, { inject, sink, source }: Nodes): Promise<void> {
    await flow.deploy();
    await flow.waitForStatus(sink, 'connected');
    await flow.waitForStatus(source, 'connected');
    const answer = await (await editor.nodeRed()).fetch('connection-pool/connections');
    const { connections } = (await answer.json()) as { readonly connections: readonly Connection[] };
    assert.deepEqual(
      connections.map(({ state, users }) => ({ state, users: users.length })),
      [{ state: 'connected', users: 2 }],
    );
    await flow.action('core:show-debug-tab');
    await flow.press(inject);
    await flow.page.locator('.red-ui-debug-msg-payload', { hasText: /\d{13}/ }).waitFor();
  }

  it('MQTT: four nodes, one profile, one connection, and a message comes round', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await editor.open({ flows: [] });
    const nodes = await draw(flow, 'mqtt');
    await flow.openDialog(nodes.sink);
    await addProfile(flow, 'broker', broker.port);
    await flow.fill('node-input-topic', 'greetings');
    await flow.closeDialog();
    // The only profile there is has been chosen already.
    await flow.openDialog(nodes.source);
    await flow.fill('node-input-topic', '#');
    await flow.closeDialog();
    await assertWorking(flow, nodes);
  });

  it('Redis: four nodes, one profile, one connection, and a message comes round', async () => {
    const redis = teardown.stopLater(await startRedis());
    const flow = await editor.open({ flows: [] });
    const nodes = await draw(flow, 'redis');
    await flow.openDialog(nodes.sink);
    await addProfile(flow, 'host', redis.port);
    await flow.page.selectOption('#node-input-structure', 'publish');
    await flow.fill('node-input-key', 'greetings');
    await flow.closeDialog();
    await flow.openDialog(nodes.source);
    await flow.fill('node-input-key', 'greetings');
    await flow.closeDialog();
    await assertWorking(flow, nodes);
  });
});
