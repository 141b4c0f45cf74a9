/** Topics and keys that connections have seen, in the dialogs of the nodes. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { EditorPage } from '../support/editor-page';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';

const HTML = '<img src=x onerror=alert(1)>';

describe('editor: suggestions in the dialogs of nodes', function () {
  this.timeout(120_000);
  const teardown = useTeardown();
  const editor = useEditor();

  const node = (id: string, type: string, y: number, more: object) => ({
    ...{ id, type, z: 'tab', x: 200, y, wires: [[]] },
    ...more,
  });
  const tab = { id: 'tab', type: 'tab', label: 'Tab' };
  const mqttProfile = ({ port }: Mosquitto) => ({
    ...{ id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(port) },
  });

  async function brokerWith(topics: readonly string[]): Promise<Mosquitto> {
    const broker = teardown.stopLater(await startMosquitto());
    const { client } = await PrivateClient.connect(broker.url);
    for (const topic of topics) await client.publishAsync(topic, 'x', { retain: true });
    await client.endAsync();
    return broker;
  }

  async function waitForNames(query: string, count: number): Promise<void> {
    const nodeRed = await editor.nodeRed();
    await waitForAsync(async () => {
      const answer = await nodeRed.fetch(`connection-pool/seen?limit=200&${query}`);
      return ((await answer.json()) as { names: string[] }).names.length >= count;
    }, `${count} names of ${query}`);
  }

  async function openWithTopics(topics: readonly string[]): Promise<EditorPage> {
    const flows = [
      tab,
      mqttProfile(await brokerWith(topics)),
      { id: 'e', type: 'pool-edgex-profile', bus: 'mqtt', mqttProfile: 'm' },
      node('all', 'pool-mqtt-source', 60, { profile: 'm', topic: '#', qos: '0', inputs: 0 }),
      node('source', 'pool-mqtt-source', 140, { profile: 'm', topic: '', inputs: 0 }),
      node('sink', 'pool-mqtt-sink', 220, { profile: 'm', topic: '', topicType: 'str' }),
      node('edgex', 'pool-edgex-source', 300, { profile: 'e', topic: 'events/device/#' }),
    ];
    const page = await editor.open({ flows });
    await waitForNames('profile=m&kind=topic', Math.min(200, topics.length));
    return page;
  }

  async function waitForMenu({ page }: EditorPage, expected: readonly string[]): Promise<void> {
    const items = page.locator('.red-ui-autoComplete-container:visible li');
    const texts = async () => (await items.allInnerTexts()).map((text) => text.trim());
    const isThere = async () => JSON.stringify(await texts()) === JSON.stringify(expected);
    await waitForAsync(isThere, `the suggestions ${JSON.stringify(expected)}`).catch(async () => {
      assert.deepEqual(await texts(), expected);
    });
  }

  it('a filter is completed level by level, with the keyboard alone', async () => {
    const page = await openWithTopics(['plant/one/heat', 'plant/two/heat', `plant/${HTML}`]);
    await page.openDialog('source');
    const field = page.tray.locator('#node-input-topic');
    await field.press('ArrowDown');
    const two = ['plant/one/#', 'plant/two/#'];
    await waitForMenu(page, ['#', 'plant/#', `plant/${HTML}`, ...two, 'plant/one/heat', 'plant/two/heat']);
    await field.pressSequentially('plant/t');
    await waitForMenu(page, ['plant/t', 'plant/two/#', 'plant/two/heat']);
    await field.press('ArrowDown');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Enter');
    await waitForMenu(page, []);
    assert.equal(await field.inputValue(), 'plant/two/#');
    await page.closeDialog();
    assert.equal((await page.node('source'))?.['topic'], 'plant/two/#');
  });

  it('what was typed stands first, so that Tab keeps it', async () => {
    const page = await openWithTopics(['plant/one/heat', 'plant/two/heat']);
    await page.openDialog('source');
    const field = page.tray.locator('#node-input-topic');
    await field.pressSequentially('plant/');
    await waitForMenu(page, [
      'plant/',
      'plant/#',
      'plant/one/#',
      'plant/two/#',
      'plant/+/heat',
      'plant/one/heat',
      'plant/two/heat',
    ]);
    await field.press('Tab');
    assert.equal(await field.inputValue(), 'plant/');
  });

  it('names with HTML are text, and of a thousand a few are shown', async () => {
    const page = await openWithTopics([HTML, ...Array.from({ length: 990 }, (_, index) => `many/${index}`)]);
    await page.openDialog('sink');
    const field = page.tray.locator('.red-ui-typedInput-container').first().locator('input[type=text]:visible');
    await field.pressSequentially('<');
    await waitForMenu(page, ['<', HTML]);
    assert.equal(await page.page.locator('.red-ui-autoComplete-container img').count(), 0);
    await field.fill('');
    await field.pressSequentially('many');
    const items = page.page.locator('.red-ui-autoComplete-container:visible li');
    await waitForAsync(async () => (await items.count()) === 51, 'fifty, and what was typed');
  });

  it('names of EdgeX are taken from its topics, also the second one of a field', async () => {
    const page = await openWithTopics([
      'edgex/events/device/svc/pumps/pump-1/flow',
      'edgex/events/device/svc/pumps/pump-2/flow',
    ]);
    await page.openDialog('edgex');
    const field = page.tray.locator('#node-input-device');
    await field.pressSequentially('boiler, p');
    await waitForMenu(page, ['p', 'pump-1', 'pump-2']);
    await page.page.locator('.red-ui-autoComplete-container:visible li').last().click();
    assert.equal(await field.inputValue(), 'boiler, pump-2');
  });

  it('keys of Redis are suggested by what a node does with them', async () => {
    const redis = teardown.stopLater(await startRedis());
    const page = await editor.open({
      flows: [
        tab,
        { id: 'r', type: 'pool-redis-profile', host: '127.0.0.1', port: String(redis.port) },
        node('inject', 'inject', 60, {
          wires: [['push', 'set']],
          once: true,
          repeat: '0.5',
          props: [{ p: 'payload' }],
        }),
        node('push', 'pool-redis-sink', 140, { profile: 'r', structure: 'list', key: 'jobs', keyType: 'str' }),
        node('set', 'pool-redis-sink', 220, { profile: 'r', structure: 'string', key: 'user:1', keyType: 'str' }),
        node('list', 'pool-redis-source', 300, { profile: 'r', mode: 'list', key: '' }),
      ],
    });
    await waitForNames('profile=r&kind=key', 2);
    await page.openDialog('list');
    const field = page.tray.locator('#node-input-key');
    await field.press('ArrowDown');
    await waitForMenu(page, ['jobs']);
    await page.page.keyboard.press('Escape');
    await page.tray.locator('#node-input-mode').selectOption('keyspace');
    await field.press('ArrowDown');
    await waitForMenu(page, ['jobs', 'user:1']);
  });
});
