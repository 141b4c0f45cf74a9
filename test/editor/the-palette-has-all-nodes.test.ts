/** What a user finds in the palette. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { useEditor } from '../support/editor';
import { packageRoot } from '../support/package-root';

/** The order in which they stand there: by protocol, from in to out. */
const LABELS = {
  'pool-status': 'pool status',
  'pool-mqtt-source': 'mqtt source',
  'pool-mqtt-sink': 'mqtt sink',
  'pool-redis-source': 'redis source',
  'pool-redis-command': 'redis command',
  'pool-redis-script': 'redis script',
  'pool-redis-sink': 'redis sink',
  'pool-http-source': 'http source',
  'pool-http-sink': 'http sink',
  'pool-edgex-source': 'edgex source',
  'pool-edgex-sink': 'edgex sink',
  'pool-edgex-command': 'edgex command',
};

describe('editor: the palette', function () {
  this.timeout(90_000);
  const editor = useEditor();

  it('has all nodes in their order, each with its label and an icon that can be loaded', async () => {
    const { page } = await editor.open({ flows: [] });
    const nodes = page.locator('.red-ui-palette-node[data-palette-type^="pool-"]');
    const types = await nodes.evaluateAll((all) => all.map((node) => node.getAttribute('data-palette-type')));
    assert.deepEqual(types, Object.keys(LABELS));
    const labels = await nodes.allInnerTexts();
    assert.deepEqual(
      labels.map((label) => label.trim().replaceAll(/\s+/g, ' ')),
      Object.values(LABELS),
    );
    for (const style of await nodes
      .locator('.red-ui-palette-icon')
      .evaluateAll((all) => all.map((icon) => icon.getAttribute('style')))) {
      const address = /url\("([^"]+)"\)/.exec(style ?? '')?.[1];
      assert.ok(address, `no icon: ${style}`);
      const { status, text } = await page.evaluate(async (url) => {
        const answer = await fetch(url);
        return { status: answer.status, text: await answer.text() };
      }, address);
      assert.equal(status, 200);
      // Node-RED answers with an icon of its own when there is none of that name.
      assert.equal(text, readFileSync(join(packageRoot, 'icons', basename(address)), 'utf8'));
    }
  });
});
