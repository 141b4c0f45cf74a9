/** The editor may lie anywhere (`httpAdminRoot`): everything that is asked for is asked for there. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { editorTypes } from '../support/editor-dialog';
import { idOf, nodeOfEachType, openEveryDialog, WITHOUT_SLIDING } from '../support/every-dialog';
import { startMosquitto } from '../support/mosquitto';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

describe('editor: at another root', function () {
  this.timeout(120_000);
  const editor = useEditor({ settings: { httpAdminRoot: '/nested/admin' } });
  const teardown = useTeardown();

  it('all dialogs open, a connection is tested, and the sidebar is live', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await editor.open({ load: false });
    const nodeRed = await editor.nodeRed();
    assert.match(nodeRed.url, /\/nested\/admin\/$/);
    const profile = { name: 'Plant', broker: '127.0.0.1', port: String(broker.port) };
    await nodeRed.deploy(
      nodeOfEachType().map((node) => (node.type === 'pool-mqtt-profile' ? { ...node, ...profile } : node)),
    );
    await flow.page.addInitScript(WITHOUT_SLIDING);
    await flow.load(nodeRed.url);
    await openEveryDialog(flow, editorTypes.map(idOf), 'cancel');
    await flow.openDialog(idOf('pool-mqtt-profile'));
    await flow.tray.locator('.edgepool-test button').click();
    await flow.tray.locator('.edgepool-test [role=status] .fa-check').last().waitFor();
    await flow.closeDialog('cancel');
    await (await showSidebar(flow)).shows('Plant', 'connected');
  });
});
