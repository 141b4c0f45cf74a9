/**
 * Flows whose nodes have missing, unknown and wrongly typed properties: every dialog opens and closes, and
 * nothing is thrown.
 */
import { randomlyWrong, wronglyTyped } from '../support/broken-properties';
import { useEditor } from '../support/editor';
import { editorTypes, registeredType } from '../support/editor-dialog';
import type { EditorPage } from '../support/editor-page';
import { openEveryDialog, WITHOUT_SLIDING } from '../support/every-dialog';
import type { FlowNode } from '../support/own-node-red';
import { Random, seeds } from '../support/random';

/** What is most unlike the right kinds; the other kinds are among the random ones. */
const ALL_OF = ['missing', 'list', 'object'];
const RANDOM_NODES_PER_TYPE = 2;
/** The browser's own warning when the editor puts a text into a field for numbers. */
const NOT_A_NUMBER = /The specified value .* cannot be parsed/;
const TYPES = editorTypes.map((type) => [type, registeredType(type)] as const);

describe('editor: broken properties', function () {
  this.timeout(240_000);
  // Every dialog has a code editor for its description, of which this is the light one.
  const editor = useEditor({ settings: { editorTheme: { codeEditor: { lib: 'ace' } } } });

  /** Imports nodes and opens the dialog of each, which is closed with the given button. */
  async function openAll(nodes: readonly FlowNode[], button: 'ok' | 'cancel'): Promise<EditorPage> {
    const flow = await editor.open({ flows: [], load: false, allowed: [NOT_A_NUMBER] });
    await flow.page.addInitScript(WITHOUT_SLIDING);
    await flow.load((await editor.nodeRed()).url);
    const placed = nodes.map((node) => ('x' in node ? { ...node, z: 'tab' } : node));
    await flow.importFlow([{ id: 'tab', type: 'tab', label: 'Broken' }, ...placed]);
    await openEveryDialog(
      flow,
      nodes.map(({ id }) => id),
      button,
    );
    return flow;
  }

  it('all of one wrong kind: dialogs open and are cancelled', async () => {
    await openAll(
      TYPES.flatMap(([type, definition]) => wronglyTyped(type, definition, ALL_OF)),
      'cancel',
    );
  });

  for (const seed of seeds(1)) {
    it(`wrong at random: dialogs open and are saved (seed ${seed})`, async () => {
      const random = new Random(seed);
      const nodes = TYPES.flatMap(([type, definition]) =>
        Array.from({ length: RANDOM_NODES_PER_TYPE }, (_, index) => randomlyWrong(type, definition, index, random)),
      );
      await openAll(nodes, 'ok');
    });
  }
});
