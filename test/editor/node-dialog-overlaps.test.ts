/** Filters whose messages a broker may send twice are named before and at a deploy, where that may happen. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';

const HTML = '<img src=x onerror=alert(1)>';

describe('editor: overlapping filters', function () {
  this.timeout(120_000);
  const teardown = useTeardown();
  const editor = useEditor();

  async function open(protocolVersion: string): Promise<EditorPage> {
    const broker = teardown.stopLater(await startMosquitto());
    const source = (id: string, y: number, name: string, topic: string) => ({
      ...{ id, type: 'pool-mqtt-source', z: 'tab', x: 200, y, wires: [[]], name, topic },
      ...{ profile: 'm', qos: '0', inputs: 0 },
    });
    const page = await editor.open({
      flows: [
        { id: 'tab', type: 'tab', label: 'Tab' },
        { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port), protocolVersion },
        source('one', 100, HTML, 'a/+'),
        source('two', 200, '', 'c'),
      ],
    });
    await page.waitForStatus('two', 'connected');
    return page;
  }

  const warning = (page: EditorPage) => page.tray.locator('.edgepool-warning');

  async function giveTopic(page: EditorPage, topic: string): Promise<void> {
    await page.openDialog('two');
    await page.tray.locator('#node-input-topic').fill(topic);
  }

  const notice = ({ page }: EditorPage) => page.locator('.red-ui-notification', { hasText: 'arrive twice' });

  /** Does something after which the editor looks for overlaps, and waits until it has seen the connections. */
  async function andLooked({ page }: EditorPage, act: () => Promise<void>): Promise<void> {
    const answered = page.waitForResponse((answer) => answer.url().endsWith('connection-pool/connections'));
    await act();
    await (await answered).finished();
  }

  it('are named in the dialog and at the deploy, as text, over MQTT 3.1.1', async () => {
    const page = await open('4');
    await giveTopic(page, '+/b');
    await warning(page)
      .filter({ hasText: `+/b overlaps with a/+ (${HTML}).` })
      .waitFor();
    await page.tray.locator('#node-input-topic').fill('a/b');
    await waitForAsync(async () => (await warning(page).textContent()) === '', 'the warning to go: a/+ covers a/b');
    await page.tray.locator('#node-input-topic').fill('+/b');
    await page.closeDialog();
    await page.deploy();
    await notice(page).waitFor();
    const lines = await notice(page).locator('li').allInnerTexts();
    assert.deepEqual(lines, [`${HTML}: a/+ overlaps with +/b.`, `+/b: +/b overlaps with a/+ (${HTML}).`]);
    assert.equal(await notice(page).locator('img').count(), 0);
  });

  it('are told once: a deploy that changes nothing about them is quiet', async () => {
    const page = await open('4');
    await giveTopic(page, '+/b');
    await page.closeDialog();
    await page.deploy();
    await notice(page).locator('button').click();
    await notice(page).waitFor({ state: 'detached' });
    await page.drag('pool-status', { x: 300, y: 300 });
    await andLooked(page, () => page.deploy());
    assert.equal(await notice(page).count(), 0);
  });

  it('are no matter where MQTT 5 keeps them apart', async () => {
    const page = await open('auto');
    await giveTopic(page, 'd');
    await andLooked(page, () => page.tray.locator('#node-input-topic').fill('+/b'));
    assert.equal(await warning(page).textContent(), '');
    await page.closeDialog();
    await andLooked(page, () => page.deploy());
    assert.equal(await notice(page).count(), 0);
  });
});
