/** Opening the dialogs of many nodes, one after the other, at the pace of the machine. */
import { editorTypes, registeredType } from './editor-dialog';
import type { EditorGlobal } from './editor-globals';
import type { EditorPage } from './editor-page';
import type { FlowNode } from './own-node-red';

declare const RED: EditorGlobal;
declare const document: { querySelector(selector: string): { click(): void } | null };

/** The editor waits for its trays to slide, each way; here nobody looks. For `addInitScript`. */
export const WITHOUT_SLIDING = `
  const later = window.setTimeout;
  window.setTimeout = (action, delay, ...more) => later(action, [150, 200, 250, 300].includes(delay) ? 0 : delay, ...more);
  addEventListener('DOMContentLoaded', () =>
    document.head.insertAdjacentHTML('beforeend', '<style>.red-ui-tray { transition: none !important; }</style>'),
  );
`;

/** The id of the node of a type; Node-RED takes a property that is an id for a reference, the type, too. */
export const idOf = (type: string): string => `the-${type}`;

/** A flow with a node of each type of this package, as dragged from the palette. */
export function nodeOfEachType(): FlowNode[] {
  const nodes = editorTypes.map((type, index): FlowNode => {
    const { category, defaults } = registeredType(type);
    // An EdgeX profile has a profile of another kind itself.
    const protocol = type === 'pool-edgex-profile' ? 'mqtt' : type.split('-')[1];
    const values = Object.fromEntries(Object.entries(defaults).map(([name, { value }]) => [name, value]));
    const place = category === 'config' ? {} : { z: 'tab', x: 200, y: 60 + 60 * index, wires: [] };
    const profile = 'profile' in defaults ? { profile: idOf(`pool-${protocol}-profile`) } : {};
    return { id: idOf(type), type, ...values, ...profile, ...place };
  });
  return [{ id: 'tab', type: 'tab', label: 'All' }, ...nodes];
}

/**
 * Opens and closes the dialog of each node; the page should be `WITHOUT_SLIDING`.
 * @param look is called while a dialog is open, with the id of its node
 */
export async function openEveryDialog(
  { page, complaints }: EditorPage,
  ids: readonly string[],
  button: 'ok' | 'cancel',
  look?: (id: string) => Promise<void>,
): Promise<void> {
  for (const id of ids) {
    const before = complaints.all.length;
    await page.evaluate(open, id);
    // The last thing the editor does when it opens a dialog.
    await page.waitForSelector('#red-ui-editor-stack[style*="z-index: 13"] .red-ui-tray');
    await look?.(id);
    await page.evaluate(
      (choice) => document.querySelector(`#node-dialog-${choice}, #node-config-dialog-${choice}`)?.click(),
      button,
    );
    await page.waitForSelector('.red-ui-tray', { state: 'detached' });
    // Which node it was can't be seen in a stack.
    if (complaints.all.length > before) console.log(`      ${id} makes the page complain`);
  }
}

function open(id: string): void {
  const node = RED.nodes.node(id);
  if (!node) throw new Error(`there is no node ${id}`);
  if (node.z === undefined || node.z === '') RED.editor.editConfig('', node.type, id);
  else RED.editor.edit(node);
}
