/** The button of the profile dialogs that tries out what was entered, saved or not. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { startHttpServer } from '../support/http-server';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';

const SECRET = 'right-password';

describe('editor: testing the connection of a profile', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  const tab = { id: 'tab', type: 'tab', label: 'Boiler room' };

  const chooseTab = (page: EditorPage, label: string) =>
    page.tray.locator('.edgepool-tabs .red-ui-tab', { hasText: label }).click();

  it('says step by step what works, and may be pressed again after a mistake', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { site: SECRET } }));
    const flows = [tab, { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(await freePort()) }];
    const page = await editor.open({ flows });
    await page.openDialog('m');
    const refused = await page.testConnection();
    assert.match(refused.join('\n'), /^Connection: mqtt:\/\/127\.0\.0\.1:\d+ can't be reached: nothing listens there/);

    await page.tray.locator('#node-config-input-port').fill(String(broker.port));
    await chooseTab(page, 'Security');
    await page.tray.locator('#node-config-input-user').fill('site');
    await page.tray.locator('#node-config-input-password').fill('wrong');
    const [reached, login] = await page.testConnection();
    assert.equal(reached, 'Connection');
    assert.match(String(login), /^Login: .*check user/);

    await page.tray.locator('#node-config-input-password').fill(SECRET);
    const lines = await page.testConnection();
    assert.deepEqual(lines.slice(0, 3), ['Connection', 'Login', 'Answer']);
    assert.match(String(lines[3]), /^It works:/);
    assert.match(String(lines[4]), /^MQTT 5, mosquitto version 2/);
    await page.closeDialog('cancel');
  });

  it('brings the whole answer into sight', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const profile = { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) };
    const page = await editor.open({ flows: [tab, profile], viewport: { width: 1100, height: 500 } });
    await page.openDialog('m');
    await page.testConnection();
    const hidden = await page.tray.locator('.edgepool-test').evaluate((row) => {
      const visible = row.closest('.red-ui-tray-body')?.getBoundingClientRect();
      return row.getBoundingClientRect().bottom - (visible?.bottom ?? 0);
    });
    assert.ok(hidden <= 1, `${hidden} pixels are below the end of the dialog`);
    await page.closeDialog('cancel');
  });

  it('uses the stored password as long as no other is entered', async () => {
    const redis = teardown.stopLater(await startRedis({ password: SECRET }));
    const settings = {
      id: 'r',
      type: 'pool-redis-profile',
      host: 'localhost',
      port: String(redis.port),
      autoConnect: false,
    };
    const page = await editor.open({ flows: [tab, { ...settings, credentials: { password: SECRET } }] });
    await page.openDialog('r');
    const lines = await page.testConnection();
    assert.deepEqual(lines.slice(0, 4), ['Host name', 'Connection', 'Login', 'Answer']);
    assert.match(String(lines[5]), /^Redis \d+\.\d+.*, RESP3$/);
    await chooseTab(page, 'Security');
    await page.tray.locator('#node-config-input-password').fill('another');
    const wrong = await page.testConnection();
    assert.match(String(wrong.at(-1)), /^Login: .*Check user name and password/);
    await page.closeDialog('cancel');
  });

  it('shows whatever a server calls itself as text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        response.setHeader('server', evil);
        response.end();
      }),
    );
    const page = await editor.open({ flows: [tab, { id: 'h', type: 'pool-http-profile', baseUrl: server.url }] });
    await page.openDialog('h');
    const lines = await page.testConnection();
    assert.deepEqual(lines.slice(0, 2), ['Connection', 'Answer']);
    assert.equal(lines.at(-1), `HTTP/1.1, ${evil}, status 200`);
    assert.equal(await page.tray.locator('.edgepool-test img').count(), 0);
    await page.closeDialog('cancel');
  });

  it('says that Node-RED is away', async () => {
    const flows = [tab, { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', autoConnect: false }];
    const page = await editor.open({ flows, allowed: [/connection-pool\/test/, /ERR_FAILED/] });
    await page.openDialog('m');
    await page.page.route('**/connection-pool/test', (route) => route.abort());
    assert.deepEqual(await page.testConnection(), ["Node-RED doesn't answer."]);
    await page.closeDialog('cancel');
  });
});
