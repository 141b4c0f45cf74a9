/** The tab "Connections" of an opened editor, as its user sees it. */
import type { Locator, Page } from 'playwright-core';
import type { EditorPage } from './editor-page';

export class SidebarPage {
  readonly page: Page;
  readonly panel: Locator;
  readonly rows: Locator;

  constructor({ page }: EditorPage) {
    this.page = page;
    this.panel = page.locator('.edgepool-sidebar');
    this.rows = this.panel.locator('.edgepool-connection');
  }

  /** The row with this name. */
  row(name: string): Locator {
    return this.rows.filter({ has: this.page.locator('.edgepool-title', { hasText: exactly(name) }) });
  }

  button(name: string): Locator {
    return this.row(name).locator('.edgepool-toggle');
  }

  /** Waits until the row is in a state: `connected`, `waiting`, `refused`, `paused`, … */
  async shows(name: string, state: string): Promise<void> {
    await this.row(name)
      .and(this.page.locator(`[data-state="${state}"]`))
      .waitFor();
  }

  /** Waits until a row, or a part of it, has the text. */
  async says(name: string, words: string | RegExp): Promise<void> {
    await this.row(name).filter({ hasText: words }).waitFor();
  }

  async open(name: string): Promise<void> {
    await this.button(name).click();
    await this.row(name).locator('.edgepool-details').waitFor();
  }

  async press(name: string, action: string): Promise<void> {
    await this.row(name).locator(`[data-action="${action}"]`).click();
  }

  result(name: string): Locator {
    return this.row(name).locator('.edgepool-result');
  }

  /** The names, from top to bottom. */
  titles(): Promise<string[]> {
    return this.rows.locator('.edgepool-title').allTextContents();
  }

  /** Waits until the rows have these names, from top to bottom. */
  async lists(...names: readonly string[]): Promise<void> {
    await this.page.waitForFunction(
      `JSON.stringify([...document.querySelectorAll('.edgepool-title')].map((one) => one.textContent)) ===
        ${JSON.stringify(JSON.stringify(names))}`,
    );
  }
}

/** Shows the tab, by the action of the editor's list. */
export async function showSidebar(editor: EditorPage): Promise<SidebarPage> {
  const sidebar = new SidebarPage(editor);
  await sidebar.panel.waitFor({ state: 'attached' });
  await editor.action('connection-pool:show-connections');
  await sidebar.panel.waitFor();
  return sidebar;
}

function exactly(name: string): RegExp {
  return new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
