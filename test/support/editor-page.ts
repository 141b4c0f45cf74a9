/**
 * The editor in a real browser. Whatever the page complains of (console errors, exceptions, requests that fail or leave
 * this machine) fails the test when it is over. Nodes are found by their ids.
 */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { EditorGlobal, EditorNode } from './editor-globals';
import { PageComplaints } from './page-complaints';

declare const RED: EditorGlobal;

const DEADLINE_MILLIS = 30_000;
/** Below this the canvas accepts no drop. */
const DRAG_STEPS = 8;

const byId = (id: string) => `[id="${id}"]`;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class EditorPage {
  /** The page of the browser, for what is not covered here. */
  readonly page: Page;
  readonly complaints: PageComplaints;

  constructor(page: Page, allowed: readonly RegExp[] = []) {
    this.page = page;
    page.setDefaultTimeout(DEADLINE_MILLIS);
    this.complaints = new PageComplaints(page, allowed);
  }

  /** Opens (or reloads) the editor and settles when the flows are on the canvas. */
  async load(url: string): Promise<void> {
    await this.page.goto(url);
    await this.loaded();
  }

  /** Waits until the flows are on the canvas. */
  async loaded(): Promise<void> {
    await this.page.waitForSelector('.red-ui-palette-node');
    await this.page.waitForSelector('#red-ui-loading-progress', { state: 'hidden' });
    await this.page.waitForFunction(() => typeof RED.workspaces.active() === 'string');
  }

  /** Fails unless the page has nothing to complain of. */
  assertQuiet(): void {
    assert.deepEqual(this.complaints.all, [], 'the page complains');
  }

  /** A node or configuration node as the editor knows it now, deployed or not. */
  async node(id: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const nodes = await this.exported();
    return nodes.find((node) => node.id === id);
  }

  /** All nodes, as a deploy would send them but without credentials. */
  exported(): Promise<EditorNode[]> {
    return this.page.evaluate(
      () => JSON.parse(JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false }))) as EditorNode[],
    );
  }

  /** Does an action of the editor's list, by its name: `core:show-import-dialog`. */
  async action(name: string): Promise<void> {
    await this.page.evaluate((action) => RED.actions.invoke(action), name);
  }

  /** Imports nodes through the dialog, as text; they are dropped at `at` if they come without a flow tab. */
  async importFlow(nodes: readonly object[], at: Point = { x: 300, y: 200 }): Promise<void> {
    await this.action('core:show-import-dialog');
    const text = this.page.locator('#red-ui-clipboard-dialog-import-text');
    await text.fill(JSON.stringify(nodes));
    await text.press('End');
    await this.page.locator('#red-ui-clipboard-dialog-ok').click();
    await text.waitFor({ state: 'hidden' });
    if (!nodes.some((node) => 'type' in node && node.type === 'tab')) await this.dropAt(at);
  }

  /** Clicks the canvas, which lets go what hangs at the mouse. */
  async dropAt(at: Point): Promise<void> {
    const { x, y } = await this.onCanvas(at);
    await this.page.mouse.move(x, y, { steps: DRAG_STEPS });
    await this.page.mouse.click(x, y);
  }

  /** Drags a node type from the palette to a place of the canvas and returns the id of the new node. */
  async drag(type: string, at: Point): Promise<string> {
    const source = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await source.scrollIntoViewIfNeeded();
    const before = await this.exported();
    await this.dragBetween(await centre(source), await this.onCanvas(at));
    await this.page.waitForFunction(
      ([wanted, ids]) =>
        RED.nodes
          .createCompleteNodeSet({ credentials: false })
          .some((node) => node.type === wanted && !ids.includes(node.id)),
      [type, before.map(({ id }) => id)] as const,
    );
    const added = (await this.exported()).find(
      (node) => node.type === type && !before.some(({ id }) => id === node.id),
    );
    assert.ok(added);
    return added.id;
  }

  /** Wires an output to a node's input, with the mouse. */
  async wire(from: string, to: string, output = 0): Promise<void> {
    const source = this.page.locator(`${byId(from)} .red-ui-flow-port-output`).nth(output);
    const target = this.page.locator(`${byId(to)} .red-ui-flow-port-input`);
    await this.dragBetween(await centre(source), await centre(target));
    const wires = (await this.node(from))?.['wires'] as string[][] | undefined;
    assert.ok(wires?.[output]?.includes(to), `${from} is not wired to ${to}`);
  }

  /** Presses the button that a node has on the canvas. */
  async press(id: string): Promise<void> {
    await this.page.locator(`${byId(id)} .red-ui-flow-node-button-button`).click();
  }

  /** Deploys with the button and settles when the runtime has taken the flows. */
  async deploy(): Promise<void> {
    const answered = this.page.waitForResponse(
      (answer) => answer.request().method() === 'POST' && new URL(answer.url()).pathname.endsWith('/flows'),
    );
    await this.page.locator('#red-ui-header-button-deploy').click();
    assert.equal((await answered).status(), 200);
    await this.page.waitForFunction(() => !RED.nodes.dirty());
  }

  /** Opens the dialog of a node with a double click, that of a configuration node as its button does. */
  async openDialog(id: string): Promise<void> {
    const depth = await this.depth();
    const isConfig = await this.page.evaluate((wanted) => {
      const node = RED.nodes.node(wanted);
      if (!node) throw new Error(`there is no node ${wanted}`);
      const config = typeof node.x !== 'number';
      if (config) RED.editor.editConfig('', node.type, wanted);
      else RED.view.reveal(wanted);
      return config;
    }, id);
    if (!isConfig)
      await this.page
        .locator(`${byId(id)} .red-ui-flow-node`)
        .first()
        .dblclick();
    await this.trays(depth + 1);
  }

  /** Closes the topmost dialog with one of its buttons. */
  async closeDialog(button: 'ok' | 'cancel' | 'delete' = 'ok'): Promise<void> {
    const depth = await this.depth();
    await this.tray.locator(`[id="node-dialog-${button}"], [id="node-config-dialog-${button}"]`).click();
    await this.trays(depth - 1);
  }

  /** Writes into a field of the topmost dialog, by its id, as a user does; also into one with a choice of types. */
  async fill(id: string, text: string): Promise<void> {
    const field = this.tray.locator(byId(id));
    const typed = this.tray.locator(`${byId(id)} + .red-ui-typedInput-container .red-ui-typedInput-input`);
    const target = (await field.getAttribute('type')) === 'hidden' ? typed : field;
    await target.fill(text);
    await target.blur();
  }

  /** Presses "Test connection" in the topmost dialog and returns the lines of the answer, with the times left out. */
  async testConnection(): Promise<string[]> {
    const answer = this.tray.locator('.edgepool-test [role=status]');
    await this.tray.locator('.edgepool-test button').click();
    await answer.locator('.fa-check, .fa-times').last().waitFor();
    const lines = await answer.locator('> div').allInnerTexts();
    return lines.map((line) =>
      line
        .replaceAll(/\s+/g, ' ')
        .replace(/ [\d.]+ ms/, '')
        .trim(),
    );
  }

  /** The topmost dialog. */
  get tray(): Locator {
    return this.page.locator('.red-ui-tray').last();
  }

  /** Waits until so many dialogs are open, one above the other, and the topmost stands still. */
  async trays(depth: number): Promise<void> {
    await this.page.waitForFunction(
      `(() => {
        const tray = [...document.querySelectorAll('.red-ui-tray')].at(-1);
        const depth = tray?.querySelectorAll('.red-ui-tray-breadcrumbs li').length ?? 0;
        const isStill = !tray || (tray.style.right === '0px' && tray.getAnimations().length === 0);
        return isStill && depth === ${depth};
      })()`,
    );
  }

  /** How many dialogs are open; the editor shows the topmost, whose title names all. */
  depth(): Promise<number> {
    return this.tray.locator('.red-ui-tray-breadcrumbs li').count();
  }

  /** Waits until the status below a node is this text. */
  async waitForStatus(id: string, text: string | RegExp, timeoutMillis = DEADLINE_MILLIS): Promise<void> {
    const label = this.page.locator(`${byId(id)} .red-ui-flow-node-status-label`);
    const wanted =
      typeof text === 'string' ? new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`) : text;
    const matching = label.filter({ hasText: wanted });
    await matching.waitFor({ timeout: timeoutMillis }).catch(async () => {
      assert.fail(`the status of ${id} is "${await this.status(id)}", not ${wanted}`);
    });
  }

  /** The text of the status below a node, empty when there is none. */
  async status(id: string): Promise<string> {
    const texts = await this.page.locator(`${byId(id)} .red-ui-flow-node-status-label`).allTextContents();
    return texts.join('').trim();
  }

  /** The texts of the notifications that are shown. */
  notifications(): Promise<string[]> {
    return this.page.locator('.red-ui-notification').allInnerTexts();
  }

  /** A place of the canvas, in the coordinates of the page. */
  async onCanvas({ x, y }: Point): Promise<Point> {
    const box = await this.page.locator('#red-ui-workspace-chart').boundingBox();
    assert.ok(box);
    return { x: box.x + x, y: box.y + y };
  }

  async dragBetween(from: Point, to: Point): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(from.x + 6, from.y + 6, { steps: 2 });
    await mouse.move(to.x, to.y, { steps: DRAG_STEPS });
    await mouse.up();
  }
}

async function centre(locator: Locator): Promise<Point> {
  const box = await locator.boundingBox();
  assert.ok(box, 'it is not on the page');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
