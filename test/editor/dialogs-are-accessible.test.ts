/** What axe-core finds in the forms of the dialogs: labels, roles, contrasts. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { editorTypes } from '../support/editor-dialog';
import { idOf, nodeOfEachType, openEveryDialog, WITHOUT_SLIDING } from '../support/every-dialog';

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Only our own part of a dialog; the rest, and the colours of buttons, are the editor's. Its page is 0 px high, which would hide everything from axe. */
const CHECK = `
  (document.documentElement.style.height = document.body.style.height = '100vh',
  axe.run({ include: '.edgepool-form', exclude: '.red-ui-button' }, { runOnly: ['wcag2a', 'wcag2aa'] }).then(({ violations }) => violations))
`;

describe('editor: the dialogs are accessible', function () {
  this.timeout(180_000);
  const editor = useEditor();

  it('axe-core finds nothing', async () => {
    const flow = await editor.open({ flows: nodeOfEachType(), load: false });
    await flow.page.addInitScript(WITHOUT_SLIDING);
    await flow.load((await editor.nodeRed()).url);
    await flow.page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
    const found: string[] = [];
    await openEveryDialog(flow, editorTypes.map(idOf), 'cancel', async (id) => {
      for (const { id: rule, help, nodes } of (await flow.page.evaluate(CHECK)) as readonly Finding[]) {
        found.push(...nodes.map(({ html }) => `${id}: ${rule} (${help}): ${html.slice(0, 160)}`));
      }
    });
    assert.deepEqual(found, []);
  });
});
