/** What people, brokers and errors say is shown as text, whatever it looks like. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { editorTypes, registeredType } from '../support/editor-dialog';
import { idOf, nodeOfEachType, openEveryDialog, WITHOUT_SLIDING } from '../support/every-dialog';
import type { FlowNode } from '../support/own-node-red';
import { startMosquitto } from '../support/mosquitto';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

const HOSTILE = '"><img class=hacked src=x onerror="window.hacked = true"><script>window.hacked = true</script>';

/** Every property that is a text holds markup; profiles have only such a name, so that they connect. */
function hostile(node: FlowNode, port: number): FlowNode {
  if (node.type === 'tab') return { ...node, label: HOSTILE };
  if (node.type === 'pool-mqtt-profile') return { ...node, name: HOSTILE, broker: '127.0.0.1', port: String(port) };
  if (node.type.endsWith('-profile')) return { ...node, name: HOSTILE };
  const { defaults } = registeredType(node.type);
  const texts = Object.entries(node).filter(([name, value]) => name in defaults && value === '');
  return { ...node, ...Object.fromEntries(texts.map(([name]) => [name, HOSTILE])), name: HOSTILE };
}

describe('editor: markup in texts', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('is shown as text in nodes, statuses, dialogs and the sidebar', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flows = nodeOfEachType().map((node) => hostile(node, broker.port));
    const flow = await editor.open({ flows, load: false });
    await flow.page.addInitScript(WITHOUT_SLIDING);
    await flow.load((await editor.nodeRed()).url);
    await flow.waitForStatus(idOf('pool-mqtt-sink'), 'connected');
    const sidebar = await showSidebar(flow);
    await sidebar.shows(HOSTILE, 'connected');
    await sidebar.open(HOSTILE);
    await openEveryDialog(flow, editorTypes.map(idOf), 'ok');
    assert.equal(await flow.page.evaluate('window.hacked'), undefined);
    assert.equal(await flow.page.locator('.hacked').count(), 0);
  });
});
