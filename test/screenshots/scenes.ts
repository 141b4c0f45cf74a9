/** What the pictures of the README show, and how one gets there in the editor. */
import type { Locator, Page } from 'playwright-core';
import type { EditorPage } from '../support/editor-page';
import type { Mosquitto } from '../support/mosquitto';
import type { FlowNode } from '../support/own-node-red';
import type { RedisServer } from '../support/redis-server';

interface Servers {
  readonly broker: Mosquitto;
  readonly redis: RedisServer;
}

export interface Scene {
  /** Of the file, without `.png`. */
  readonly name: string;
  /** File names in `examples`, without `.json`; the first one is on the canvas. @default none */
  readonly examples?: readonly string[];
  /** Further flows. @default none */
  readonly flows?: readonly FlowNode[];
  readonly viewport: { readonly width: number; readonly height: number };
  /** Tells what is to be taken: the whole page, or a part of it. */
  play(editor: EditorPage, servers: Servers): Promise<Page | Locator>;
}

const SHOW = 'connection-pool:show-connections';
const rows = (page: Page) => page.locator('.edgepool-connection');

/** Waits for an action: they come a moment after the editor. */
async function offered(editor: EditorPage, wanted: string): Promise<void> {
  await editor.page.waitForFunction((action) => {
    const { RED } = window as unknown as { RED: { actions: { list(): { id: string }[] } } };
    return RED.actions.list().some(({ id }) => id === action);
  }, wanted);
}

async function showConnections(editor: EditorPage): Promise<void> {
  await offered(editor, SHOW);
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

/** A profile's dialog after a test: how far it came, and who shares the connection. */
const testConnection: Scene = {
  name: 'test-connection',
  examples: ['01 - One connection, many nodes'],
  viewport: { width: 1100, height: 900 },
  async play(editor) {
    const [profile] = (await editor.exported()).filter(({ type }) => type === 'pool-mqtt-profile');
    await editor.openDialog(profile?.id ?? '');
    const test = editor.tray.locator('.edgepool-test');
    await test.getByRole('button').click();
    await test.getByText(/It works/).waitFor();
    await test.scrollIntoViewIfNeeded();
    return editor.tray;
  },
};

/** Two halls with the core MQTT nodes, each with a broker of its own with the same settings. */
const halls = ['north', 'south'].flatMap((hall, index): FlowNode[] => {
  const y = 120 + index * 160;
  const common = { z: 'plant', broker: `broker-${hall}` };
  return [
    { id: `broker-${hall}`, type: 'mqtt-broker', name: `broker of hall ${hall}`, broker: '127.0.0.1', port: '1883' },
    { ...common, id: `in-${hall}`, type: 'mqtt in', topic: `${hall}/+/state`, qos: '1', x: 170, y, wires: [] },
    { ...common, id: `out-${hall}`, type: 'mqtt out', topic: `${hall}/1/set`, qos: '1', x: 440, y, wires: [] },
  ];
});
const coreFlow: readonly FlowNode[] = [{ id: 'plant', type: 'tab', label: 'Plant' }, ...halls];

/** Core nodes that are about to be moved over. */
const moveOver: Scene = {
  name: 'move-over',
  flows: coreFlow,
  viewport: { width: 1000, height: 620 },
  async play(editor) {
    await offered(editor, 'connection-pool:move-over-mqtt');
    await editor.action('connection-pool:move-over-mqtt');
    const dialog = editor.page.getByRole('dialog').filter({ hasText: 'Use shared connections' });
    await dialog.getByRole('checkbox').first().check();
    return editor.page;
  },
};

export const scenes: readonly Scene[] = [oneConnection, outage, testConnection, moveOver];
