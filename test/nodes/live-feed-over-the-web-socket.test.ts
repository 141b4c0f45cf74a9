import assert from 'node:assert/strict';
import { LiveSocket } from '../support/live-socket';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { startNodeRed } from '../support/own-node-red';
import { type SecuredNodeRed, startSecuredNodeRed } from '../support/secured-node-red';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

const SECRET = 'hidden-from-all';
const PLACE = { x: 1, y: 1, wires: [[]] };

describe("the live feed over the editor's web socket", function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  function flowOf(broker: Mosquitto): object[] {
    return [
      { id: 'tab', type: 'tab', label: 'Boiler room' },
      { id: 'm', type: 'pool-mqtt-profile', name: 'Site', broker: '127.0.0.1', port: String(broker.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', name: 'All', profile: 'm', topic: 'a/#', qos: '1', ...PLACE },
      { id: 'k', type: 'pool-mqtt-sink', z: 'tab', profile: 'm', topic: 'a/b', qos: '1', ...PLACE },
      { id: 'i', type: 'inject', z: 'tab', once: true, onceDelay: 0.1, repeat: '0.2', ...PLACE, wires: [['k']] },
    ];
  }

  async function start(): Promise<{ readonly broker: Mosquitto; readonly nodeRed: SecuredNodeRed }> {
    const broker = teardown.stopLater(await startMosquitto({ users: { site: SECRET } }));
    const credentials = { m: { user: 'site', password: SECRET } };
    const files = { 'flows_cred.json': JSON.stringify(credentials) };
    return { broker, nodeRed: await startSecuredNodeRed(teardown, { flow: flowOf(broker), files }) };
  }

  it('tells one who may read of a broker that stops and starts, and of what opened rows hold', async () => {
    const { broker, nodeRed } = await start();
    const live = teardown.closeLater(await LiveSocket.watching(nodeRed.url, 'watcher'));
    const { known } = live;
    const row = () => [...known.rows.values()][0];
    await waitFor(() => row()?.state === 'connected', 'the connection');
    const key = row()?.key ?? '';
    assert.equal(row()?.address, `mqtt://127.0.0.1:${broker.port}`);
    assert.equal(row()?.nodes, 2);
    assert.deepEqual(row()?.profiles, [{ id: 'm', name: 'Site' }]);
    live.says({ open: [key] });
    await waitFor(() => (known.details.get(key)?.subscriptions[0]?.messages ?? 0) > 1, 'messages of the filter');
    const { subscriptions, nodes } = known.details.get(key) ?? {};
    assert.equal(`${subscriptions?.[0]?.filter} ${subscriptions?.[0]?.qos} ${subscriptions?.[0]?.nodes}`, 'a/# 1 1');
    assert.deepEqual(nodes?.find(({ id }) => id === 's')?.flow, { id: 'tab', label: 'Boiler room' });
    await waitFor(() => (row()?.rates.messagesIn ?? 0) > 0 && (row()?.rates.messagesOut ?? 0) > 0, 'rates');
    await waitFor(() => row()?.history?.some((value) => value > 0) === true, 'a sample in the history');
    await broker.halt();
    await waitFor(() => row()?.state === 'waiting', 'the loss');
    assert.match(row()?.reason?.message ?? '', /\w/);
    assert.ok((row()?.nextAttemptAt ?? 0) > 0);
    await waitFor(() => (known.details.get(key)?.queues[0]?.waiting ?? 0) > 1, 'a queue');
    await broker.start();
    await waitFor(() => row()?.state === 'connected', 'the connection to come back', 30_000);
    assert.ok((row()?.lastError?.at ?? 0) > 0, 'the last error stays');
    assert.ok((row()?.reconnects ?? 0) > 0);
    assert.doesNotMatch(live.text, new RegExp(SECRET));
  });

  it('tells nothing to one who may not read, nor to one whose socket has brought no ticket', async () => {
    const { nodeRed } = await start();
    const refused = await nodeRed.fetch('connection-pool/live', 'onlooker', { method: 'POST' });
    assert.equal(refused.status, 401);
    const onlooker = teardown.closeLater(await LiveSocket.open(nodeRed.url, 'onlooker'));
    const silent = teardown.closeLater(await LiveSocket.open(nodeRed.url, 'watcher'));
    onlooker.says({ ticket: 'made up', open: [] });
    await waitFor(() => onlooker.known.expired === 1, 'an answer');
    const live = teardown.closeLater(await LiveSocket.watching(nodeRed.url, 'watcher'));
    await waitFor(() => live.known.updates.length > 2, 'some updates');
    assert.equal(onlooker.text, '{"expired":true}');
    assert.equal(silent.text, '');
  });

  it('needs another ticket on another socket, and begins with everything again', async () => {
    const { nodeRed } = await start();
    const first = await LiveSocket.watching(nodeRed.url, 'watcher');
    first.close();
    const second = teardown.closeLater(await LiveSocket.open(nodeRed.url, 'watcher'));
    second.says({ open: [] });
    await waitFor(() => second.known.expired === 1, 'the answer to a socket without a ticket');
    const third = teardown.closeLater(await LiveSocket.watching(nodeRed.url, 'watcher'));
    assert.equal(third.known.updates[0]?.full, true);
  });

  it('goes on over a deploy, and names what is gone', async () => {
    const { broker, nodeRed } = await start();
    const live = teardown.closeLater(await LiveSocket.watching(nodeRed.url, 'watcher'));
    const [key = ''] = live.known.rows.keys();
    live.says({ open: [key] });
    await waitFor(() => live.known.details.get(key)?.nodes.length === 2, 'two nodes');
    const deploy = async (flows: readonly object[]) => {
      const headers = { 'content-type': 'application/json' };
      const options = { method: 'POST', headers, body: JSON.stringify(flows) };
      assert.equal((await nodeRed.fetch('flows', 'deployer', options)).status, 204);
    };
    const [tab, profile, source] = flowOf(broker);
    await deploy([tab ?? {}, { ...profile, name: 'Plant' }, { ...source, name: 'Every' }]);
    await waitFor(() => live.known.rows.get(key)?.profiles[0]?.name === 'Plant', 'the new name of the profile');
    const nodes = () => live.known.details.get(key)?.nodes.map(({ name }) => name);
    await waitFor(() => nodes()?.join() === 'Every', 'the node that is left');
    await deploy([tab ?? {}]);
    await waitFor(() => live.known.rows.size === 0, 'the connection to go');
  });
});

describe('the live feed of a Node-RED without an editor', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('says so to those who ask for a ticket', async () => {
    const nodeRed = await startSecuredNodeRed(teardown, { flow: [], settings: { disableEditor: true } });
    const response = await nodeRed.fetch('connection-pool/live', 'watcher', { method: 'POST' });
    assert.equal(response.status, 409);
    assert.match(await response.text(), /LIVE_UNAVAILABLE/);
  });

  it('is not there without the admin API, and nothing minds', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flows = [
      { id: 'tab', type: 'tab' },
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', profile: 'm', topic: 'a/#', qos: '1', ...PLACE },
    ];
    const nodeRed = teardown.stopLater(await startNodeRed({ flows, settings: { httpAdminRoot: false } }));
    await waitFor(() => broker.count('SUBSCRIBE') === 1, 'the source to subscribe');
    assert.deepEqual(
      nodeRed.log.filter((line) => /\[error\]|Error:/.test(line)),
      [],
    );
  });
});
