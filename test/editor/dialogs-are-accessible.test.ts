/** What axe-core finds in the forms of the dialogs: labels, roles, contrasts. */
import assert from 'node:assert/strict';
import { findingsIn } from '../support/accessibility';
import { useEditor } from '../support/editor';
import { editorTypes } from '../support/editor-dialog';
import { idOf, nodeOfEachType, openEveryDialog, WITHOUT_SLIDING } from '../support/every-dialog';

describe('editor: the dialogs are accessible', function () {
  this.timeout(180_000);
  const editor = useEditor();

  it('axe-core finds nothing', async () => {
    const flow = await editor.open({ flows: nodeOfEachType(), load: false });
    await flow.page.addInitScript(WITHOUT_SLIDING);
    await flow.load((await editor.nodeRed()).url);
    const found: string[] = [];
    await openEveryDialog(flow, editorTypes.map(idOf), 'cancel', async (id) => {
      // Only our own part of a dialog; the rest, and the colours of buttons, are the editor's.
      const findings = await findingsIn(flow.page, '.edgepool-form', '.red-ui-button');
      found.push(...findings.map((finding) => `${id}: ${finding}`));
    });
    assert.deepEqual(found, []);
  });
});
