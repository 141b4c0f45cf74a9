/** Moving over in a real editor: the action, its dialog, and what the editor holds before and after. */
import type { EditorPage } from './editor-page';

/** What is looked at beyond the export: who uses what, what is marked as changed, and in what order things stand. */
export interface EditorState {
  readonly exported: unknown;
  readonly users: Readonly<Record<string, readonly string[]>>;
  readonly changed: readonly string[];
  readonly order: unknown;
  readonly dirty: boolean;
  readonly changedFlows: readonly string[];
}

interface Live {
  readonly id: string;
  readonly changed?: boolean;
  readonly users?: readonly Live[];
}

declare const RED: {
  readonly actions: { list(): { readonly id: string }[] };
  readonly nodes: {
    createCompleteNodeSet(options: object): unknown;
    dirty(): boolean;
    eachNode(callback: (node: Live) => void): void;
    eachConfig(callback: (node: Live) => void): void;
    eachWorkspace(callback: (flow: Live & { readonly contentsChanged?: boolean }) => void): void;
    getNodeOrder(z: string): unknown;
  };
};

/** Opens the dialog by the action of a family. */
export async function openMoveOver(editor: EditorPage, family: 'mqtt' | 'redis'): Promise<void> {
  const name = `connection-pool:move-over-${family}`;
  // The tools of this package come a moment after the flows.
  await editor.page.waitForFunction((action) => RED.actions.list().some(({ id }) => id === action), name);
  await editor.action(name);
  await editor.page.locator('.pool-move-over').waitFor();
}

/** What the dialog says. */
export async function summary(editor: EditorPage): Promise<string> {
  return (await editor.page.locator('.pool-move-over-summary').innerText()).replaceAll(
    /[\u200e\u200f\u202a-\u202c]/g,
    '',
  );
}

export async function choose(editor: EditorPage, label: string | RegExp): Promise<void> {
  await editor.page.locator('.pool-move-over-choices label', { hasText: label }).locator('input').check();
}

/** Presses the button that moves. */
export async function confirmMove(editor: EditorPage): Promise<void> {
  await editor.page.locator('#pool-move-over-ok').click();
  await editor.page.locator('.pool-move-over').waitFor({ state: 'detached' });
}

export function editorState({ page }: EditorPage): Promise<EditorState> {
  return page.evaluate(async () => {
    // The editor draws in the next frame, which may move nodes whose width has changed, and marks flows as changed a
    // moment later.
    await new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve, 0));
    });
    const users: Record<string, string[]> = {};
    const changed: string[] = [];
    const changedFlows: string[] = [];
    const order: Record<string, unknown> = {};
    RED.nodes.eachConfig((node) => {
      users[node.id] = (node.users ?? []).map(({ id }) => id).sort();
      if (node.changed) changed.push(node.id);
    });
    RED.nodes.eachNode((node) => {
      if (node.changed) changed.push(node.id);
    });
    RED.nodes.eachWorkspace((flow) => {
      order[flow.id] = RED.nodes.getNodeOrder(flow.id);
      if (flow.contentsChanged) changedFlows.push(flow.id);
    });
    const exported = JSON.parse(JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: true }))) as unknown;
    return { exported, users, changed, order, dirty: RED.nodes.dirty(), changedFlows };
  });
}
