/** What `npm pack` makes is installed by npm, and uploaded in the palette, and works at once. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { npm, pack } from '../support/npm';
import type { FlowNode } from '../support/own-node-red';
import { useTeardown } from '../support/teardown';

/** Its dependencies come from npm's cache where it has them. */
const QUICKLY = ['--prefer-offline', '--no-audit', '--no-fund'];
const INSTALL_MILLIS = 120_000;

describe('editor: the package as a tarball', function () {
  this.timeout(300_000);
  const teardown = useTeardown();

  async function makeTarball(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'pool-tarball-'));
    teardown.defer(() => rm(folder, { recursive: true, force: true }));
    return (await pack(folder)).tarball;
  }

  /** A flow of our nodes on a real broker. */
  async function makeFlow(): Promise<FlowNode[]> {
    const broker = teardown.stopLater(await startMosquitto());
    return [
      { id: 'tab', type: 'tab', label: 'Plant' },
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', profile: 'm', topic: '#', x: 200, y: 100, wires: [[]] },
    ];
  }

  describe('in the palette', () => {
    const editor = useEditor({
      installed: false,
      environment: { npm_config_prefer_offline: 'true' },
      settings: { externalModules: { palette: { allowInstall: true, allowUpload: true } } },
    });

    it('is uploaded in the palette: the nodes appear and work without a restart', async () => {
      const tarball = await makeTarball();
      const flow = await editor.open({ flows: [] });
      const { page } = flow;
      assert.equal(await page.locator('[data-palette-type^="pool-"]').count(), 0);
      await flow.action('core:manage-palette');
      await page.locator('.red-ui-tab[id*="install"] a').click();
      await page.locator('input[name=tarball]').setInputFiles(tarball);
      await page.locator('.red-ui-palette-editor-upload-buttons .primary').click();
      await page
        .locator('[data-palette-type="pool-mqtt-source"]')
        .waitFor({ state: 'attached', timeout: INSTALL_MILLIS });
      await (await editor.nodeRed()).deploy(await makeFlow());
      await flow.load((await editor.nodeRed()).url);
      await flow.waitForStatus('s', 'connected');
    });
  });

  describe('on the command line', () => {
    const editor = useEditor({ installed: false });

    it('is installed by npm in a user directory', async () => {
      const tarball = await makeTarball();
      const nodeRed = await editor.nodeRed();
      await nodeRed.halt();
      await npm(nodeRed.userDir, 'install', ...QUICKLY, tarball);
      await nodeRed.start();
      const flow = await editor.open({ flows: await makeFlow() });
      await flow.waitForStatus('s', 'connected');
    });
  });
});
