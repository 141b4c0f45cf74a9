/** What the pictures of the README show, and how one gets there in the editor. */
import type { Locator, Page } from 'playwright-core';
import type { EditorPage } from '../support/editor-page';
import type { Mosquitto } from '../support/mosquitto';
import type { RedisServer } from '../support/redis-server';

interface Servers {
  readonly broker: Mosquitto;
  readonly redis: RedisServer;
}

export interface Scene {
  /** Of the file, without `.png`. */
  readonly name: string;
  /** File names in `examples`, without `.json`; the first one is on the canvas. */
  readonly examples: readonly string[];
  readonly viewport: { readonly width: number; readonly height: number };
  /** Tells what is to be taken: the whole page, or a part of it. */
  play(editor: EditorPage, servers: Servers): Promise<Page | Locator>;
}

const SHOW = 'connection-pool:show-connections';
const rows = (page: Page) => page.locator('.edgepool-connection');

/** Opens the sidebar, which is loaded after the editor. */
async function showConnections(editor: EditorPage): Promise<void> {
  await editor.page.waitForFunction((action) => {
    const { RED } = window as unknown as { RED: { actions: { list(): { id: string }[] } } };
    return RED.actions.list().some(({ id }) => id === action);
  }, SHOW);
  await editor.action(SHOW);
}

/** Several samples, so that the line of the last minutes is one. */
async function gathered(page: Page, samples: number): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('.edgepool-sparkline polyline')].some(
        (line) => (line.getAttribute('points') ?? '').split(' ').length >= wanted,
      ),
    samples,
    { timeout: 120_000 },
  );
}

/** One flow with two profiles of equal settings, and the one connection it makes. */
const oneConnection: Scene = {
  name: 'one-connection',
  examples: ['01 - One connection, many nodes'],
  viewport: { width: 1320, height: 720 },
  async play(editor) {
    const { page } = editor;
    await showConnections(editor);
    await rows(page).first().locator('.edgepool-toggle').click();
    await gathered(page, 6);
    return page;
  },
};

/** All of several protocols, with the broker away. */
const outage: Scene = {
  name: 'connections',
  examples: ['11 - Outage and outbox', '10 - Surviving a deploy', '03 - Redis stream with a consumer group'],
  viewport: { width: 1320, height: 720 },
  async play(editor, { broker }) {
    const { page } = editor;
    await showConnections(editor);
    await gathered(page, 6);
    await broker.halt();
    await page.locator('.edgepool-connection[data-tone="bad"] .edgepool-attempt').nth(1).waitFor();
    await page.locator('.edgepool-notes', { hasText: /[3-9] in the outbox/ }).waitFor();
    await page
      .locator('.red-ui-flow-node-status-label', { hasText: /queued/ })
      .first()
      .waitFor();
    await broker.start();
    return page;
  },
};

export const scenes: readonly Scene[] = [oneConnection, outage];
