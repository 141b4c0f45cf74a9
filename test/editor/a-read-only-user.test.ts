/** Whoever may look but not change sees every dialog, and the console stays clean. */
import { useEditor } from '../support/editor';
import { editorTypes } from '../support/editor-dialog';
import { idOf, nodeOfEachType, openEveryDialog, WITHOUT_SLIDING } from '../support/every-dialog';

describe('editor: a user who may only read', function () {
  this.timeout(120_000);
  // Nobody has to log in; without logging in everything may be read.
  const editor = useEditor({
    flows: nodeOfEachType(),
    settings: { adminAuth: { type: 'credentials', users: [], default: { permissions: 'read' } } },
  });

  it('opens all dialogs', async () => {
    const flow = await editor.open({ load: false });
    await flow.page.addInitScript(WITHOUT_SLIDING);
    await flow.load((await editor.nodeRed()).url);
    await openEveryDialog(flow, editorTypes.map(idOf), 'cancel');
  });
});
