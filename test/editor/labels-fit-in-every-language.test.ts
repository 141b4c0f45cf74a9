/** The dialogs in every language: no label is cut or broken into lines, and no key stands where a text should. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { packageRoot } from '../support/package-root';

const LANGUAGES = readdirSync(join(packageRoot, 'nodes', 'locales'));
const PROFILES = ['mqtt', 'redis', 'http', 'edgex'].map((protocol) => `pool-${protocol}-profile`);
const NODES = [
  ...['mqtt-source', 'mqtt-sink', 'redis-source', 'redis-sink', 'redis-command', 'redis-script'],
  ...['http-source', 'http-sink', 'edgex-source', 'edgex-sink', 'edgex-command', 'status'],
].map((name) => `pool-${name}`);

/** The texts in the topmost dialog's column of labels that don't fit into it, and the keys that nothing has replaced. */
const FAULTS = `(() => {
  const tray = [...document.querySelectorAll('.red-ui-tray')].at(-1);
  const isBroken = (label) => {
    const range = document.createRange();
    range.selectNodeContents(label);
    const ends = [...range.getClientRects()].map(({ bottom }) => bottom);
    return Math.max(...ends) - Math.min(...ends) > 10;
  };
  const labels = [...tray.querySelectorAll('.form-row > label')].filter(
    (label) => label.offsetParent && label.clientWidth < 150 && !label.querySelector('input'),
  );
  const unfit = labels.filter((label) => label.scrollWidth > label.clientWidth + 1 || isBroken(label));
  const placeholders = [...tray.querySelectorAll('[placeholder]')].map(({ placeholder }) => placeholder);
  const words = [tray.innerText, ...placeholders].join('\\n');
  const keys = words.match(/\\b(pool-\\w+(-\\w+)?|dialogs)\\.(label|hint|unit|placeholder|tab|heading|users)\\.\\w+/g) ?? [];
  return [...unfit.map((label) => label.innerText.trim()), ...keys];
})()`;

describe('editor: the labels of the dialogs', function () {
  this.timeout(180_000);
  const editor = useEditor();

  const flows = [
    { id: 'all-nodes', type: 'tab', label: 'All' },
    ...PROFILES.map((type) => ({ id: `the-${type}`, type, autoConnect: false })),
    ...NODES.map((type, index) => ({
      ...{ id: `the-${type}`, type, z: 'all-nodes', name: type, wires: [[]] },
      ...{ x: 120 + 200 * (index % 3), y: 60 + 60 * Math.floor(index / 3) },
    })),
  ];

  const faults = (page: EditorPage): Promise<string[]> => page.page.evaluate(FAULTS);

  for (const locale of LANGUAGES) {
    it(`fit in ${locale}`, async () => {
      const page = await editor.open({ flows, locale });
      const found: string[] = [];
      for (const type of [...NODES, ...PROFILES]) {
        await page.openDialog(`the-${type}`);
        const tabs = page.tray.locator('.dialog-form .red-ui-tab:visible');
        found.push(...(await faults(page)).map((text) => `${type}: ${text}`));
        for (const tab of (await tabs.all()).slice(1)) {
          await tab.click();
          found.push(...(await faults(page)).map((text) => `${type}: ${text}`));
        }
        await page.closeDialog('cancel');
      }
      assert.deepEqual(found, []);
    });
  }
});
