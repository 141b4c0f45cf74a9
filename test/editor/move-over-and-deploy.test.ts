/** What was moved over works when it is deployed: with the password that the runtime has, which nobody types again. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { broker, mqttIn, mqttOut } from '../support/move-over-flows';
import { choose, confirmMove, openMoveOver, summary } from '../support/move-over-page';
import type { FlowNode } from '../support/own-node-red';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';

const CREDENTIALS = { username: 'worker', password: 'secret word' };
const SECURED = { credentials: { user: CREDENTIALS.username, password: CREDENTIALS.password } };
const TAB = { id: 'flow', type: 'tab', label: 'Flow' };

describe('editor: what was moved over is deployed', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  async function secured() {
    const mosquitto = teardown.stopLater(
      await startMosquitto({ users: { [CREDENTIALS.username]: CREDENTIALS.password } }),
    );
    const client = teardown.closeLater(await PrivateClient.connect(mosquitto.url, CREDENTIALS));
    return { mosquitto, client };
  }

  /** What connects at the broker: clients of this package name themselves. */
  async function connections(): Promise<readonly { readonly state: string; readonly users: readonly object[] }[]> {
    const answer = await (await editor.nodeRed()).fetch('connection-pool/connections');
    return ((await answer.json()) as { connections: { state: string; users: object[] }[] }).connections;
  }

  it('nodes go on with the stored password, over one connection for brokers alike', async () => {
    const { mosquitto, client } = await secured();
    const flows = [
      TAB,
      mqttIn('in', 'flow', 'b-1', { topic: 'there', wires: [['out']] }),
      mqttOut('out', 'flow', 'b-2', { topic: 'back', retain: 'true', qos: '1' }),
      broker('b-1', mosquitto.port, SECURED),
      broker('b-2', mosquitto.port, SECURED),
    ];
    await client.subscribe('back', { qos: 1 });
    const page = await editor.open({ flows });
    await page.waitForStatus('in', 'connected');
    await client.publish('there', '{"n":1}', { qos: 1 });
    await client.got(1);
    // A connection of another test may linger.
    await waitForAsync(async () => (await connections()).length === 0, 'no connection of the pool');

    await openMoveOver(page, 'mqtt');
    // The runtime has compared the passwords.
    await choose(page, '1 fewer');
    await confirmMove(page);
    assert.equal(await page.node('b-2'), undefined);
    assert.ok((await page.notifications()).some((text) => text.includes('not deployed')));
    await client.publish('there', '{"n":2}', { qos: 1 });
    await client.got(2);
    assert.deepEqual(await connections(), [], 'something was deployed');

    await page.deploy();
    await waitForAsync(async () => (await connections())[0]?.state === 'connected', 'the connection');
    await page.waitForStatus('in', 'connected');
    await page.waitForStatus('out', 'connected');
    await client.publish('there', '{"n":3}', { qos: 1, retain: true });
    await client.got(3);
    assert.deepEqual(client.payloads, ['{"n":1}', '{"n":2}', '{"n":3}']);
    assert.deepEqual(
      (await connections()).map(({ state, users }) => [state, users.length]),
      [['connected', 2]],
    );

    await page.action('core:undo');
    await page.deploy();
    await page.waitForStatus('in', 'connected');
    await page.waitForStatus('out', 'connected');
    // The statuses may still be those of before: a retained message comes whenever it is subscribed.
    await client.publish('there', '{"n":4}', { qos: 1, retain: true });
    await client.got(({ payload }) => payload === '{"n":4}');
  });

  it('brokers with other passwords stay apart', async () => {
    const { mosquitto } = await secured();
    const other = { credentials: { ...SECURED.credentials, password: 'another' } };
    const flows: FlowNode[] = [TAB, mqttIn('in', 'flow', 'b-1'), mqttOut('out', 'flow', 'b-2')];
    flows.push(broker('b-1', mosquitto.port, SECURED), broker('b-2', mosquitto.port, other));
    const page = await editor.open({ flows });
    await openMoveOver(page, 'mqtt');
    assert.match(await summary(page), /2 × mqtt-broker → mqtt profile/);
    assert.equal(await page.page.locator('.pool-move-over-choices label').count(), 0);
    await page.page.keyboard.press('Escape');
    await page.page.locator('.pool-move-over').waitFor({ state: 'detached' });
    assert.equal((await page.node('in'))?.['type'], 'mqtt in');
  });

  it('only the selected nodes move if that is wanted; the broker stays for the others', async () => {
    const { mosquitto } = await secured();
    const flows = [
      TAB,
      mqttIn('in', 'flow', 'b', { name: 'first' }),
      mqttIn('other', 'flow', 'b', { name: 'second', y: 200 }),
      broker('b', mosquitto.port, { ...SECURED, name: 'plant' }),
    ];
    const page = await editor.open({ flows });
    await page.page.locator('[id="in"] .red-ui-flow-node').first().click();
    await openMoveOver(page, 'mqtt');
    const told = await summary(page);
    assert.match(told, /1 × mqtt in → mqtt source/);
    assert.match(told, /Other nodes still use these.*plant/s);
    assert.doesNotMatch(told, /user and password/);
    await choose(page, 'All flows');
    assert.match(await summary(page), /2 × mqtt in → mqtt source/);
    await choose(page, 'The selected node');
    await confirmMove(page);
    const nodes = await page.exported();
    const profile = nodes.find(({ type }) => type === 'pool-mqtt-profile');
    assert.deepEqual(
      ['in', 'other', 'b'].map((id) => nodes.find((node) => node.id === id)?.type),
      ['pool-mqtt-source', 'mqtt in', 'mqtt-broker'],
    );
    assert.equal((await page.node('in'))?.['profile'], profile?.id);
    assert.equal(profile?.['name'], 'plant');
    // Its password has gone along.
    await page.deploy();
    await page.waitForStatus('in', 'connected');
    await page.waitForStatus('other', 'connected');
    await waitForAsync(async () => (await connections())[0]?.state === 'connected', 'the connection of the profile');
    await page.action('core:undo');
    assert.deepEqual((await page.exported()).map(({ id }) => id).sort(), ['b', 'flow', 'in', 'other']);
  });
});
