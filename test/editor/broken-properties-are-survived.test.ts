/**
 * Flows whose nodes have missing, unknown and wrongly typed properties: every dialog opens and closes, and
 * nothing is thrown.
 */
import { randomlyWrong, wronglyTyped } from '../support/broken-properties';
import { useEditor } from '../support/editor';
import { editorTypes, registeredType } from '../support/editor-dialog';
import type { EditorGlobal } from '../support/editor-globals';
import type { EditorPage } from '../support/editor-page';
import type { FlowNode } from '../support/own-node-red';
import { Random, seeds } from '../support/random';

declare const RED: EditorGlobal;

/** What is most unlike the right kinds; the other kinds are among the random ones. */
const ALL_OF = ['missing', 'list', 'object'];
const RANDOM_NODES_PER_TYPE = 2;
/** The browser's own warning when the editor puts a text into a field for numbers. */
const NOT_A_NUMBER = /The specified value .* cannot be parsed/;
const TYPES = editorTypes.map((type) => [type, registeredType(type)] as const);

/** The editor waits for its trays to slide, each way; here nobody looks. */
const WITHOUT_SLIDING = `
  const later = window.setTimeout;
  window.setTimeout = (action, delay, ...more) => later(action, [150, 200, 250, 300].includes(delay) ? 0 : delay, ...more);
  addEventListener('DOMContentLoaded', () => document.head.insertAdjacentHTML('beforeend', '<style>.red-ui-tray { transition: none !important; }</style>'));
`;

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
    for (const { id } of nodes) {
      const before = flow.complaints.all.length;
      await flow.page.evaluate(openAndClose, { id, button });
      // Which node it was can't be seen in a stack.
      if (flow.complaints.all.length > before) console.log(`      ${id} makes the page complain`);
    }
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

/** Runs in the page. */
async function openAndClose({ id, button }: { readonly id: string; readonly button: string }): Promise<void> {
  const page = globalThis as unknown as {
    readonly document: { querySelector(selector: string): { click(): void } | null };
  };
  const until = async (condition: () => boolean, what: string) => {
    for (let tries = 0; !condition(); tries += 1) {
      if (tries > 2000) throw new Error(`${id}: gave up waiting for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const find = (selector: string) => page.document.querySelector(selector);
  const node = RED.nodes.node(id);
  if (!node) throw new Error(`${id} was not imported`);
  if (node.z === undefined || node.z === '') RED.editor.editConfig('', node.type, id);
  else RED.editor.edit(node);
  // The last thing the editor does when it opens a dialog.
  await until(() => find('#red-ui-editor-stack[style*="z-index: 13"] .red-ui-tray') !== null, 'the dialog');
  find(`#node-dialog-${button}, #node-config-dialog-${button}`)?.click();
  await until(() => find('.red-ui-tray') === null, 'the end of the dialog');
}
