import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, type FlowUnderTest, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('disconnecting on purpose', () => {
  const teardown = useTeardown();
  const DISCONNECTED = 'node-red:common.status.disconnected';

  it('concerns the nodes of the profile, not those of others on the same connection', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(broker.port, { id: 'p1' }),
      profile(broker.port, { id: 'p2' }),
      source({ id: 's1', profile: 'p1', wires: [['got1']] }),
      sink({ id: 'k1', profile: 'p1' }),
      source({ id: 's2', profile: 'p2', wires: [['got2']] }),
      sink({ id: 'k2', profile: 'p2' }),
      recorder('got1'),
      recorder('got2'),
    ]);
    const [got1, got2] = [flow.received('got1'), flow.received('got2')];
    await flow.connected('s1', 's2', 'k1', 'k2');
    flow.send('k1', { action: 'disconnect' });
    await flow.shows('s1', DISCONNECTED);
    await flow.shows('k1', DISCONNECTED);
    flow.send('k2', { topic: 'a', payload: 'for the others' });
    await waitFor(() => got2.length === 1, 'the other profile to go on');
    assert.equal(got1.length, 0);
    assert.equal(flow.statuses.get('s2')?.at(-1)?.text, 'node-red:common.status.connected');
    assert.equal(broker.count('DISCONNECT'), 0);
    assert.deepEqual(farewells(flow), ['p1: This profile no longer uses the connection, which stays open for others']);
    flow.send('k2', { action: 'disconnect' });
    await broker.waitForLog(/Received DISCONNECT/);
    await waitFor(() => farewells(flow).at(-1) === 'p2: Disconnected from broker', 'the last profile to say so');
  });

  it('is said in the same words when a profile is removed', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = (id: string) => [profile(broker.port, { id }), source({ id: `of-${id}`, profile: id })];
    const flow = await startFlow(teardown, [TAB, ...nodes('p1'), ...nodes('p2')]);
    await flow.connected('of-p1', 'of-p2');
    await flow.deploy([TAB, ...nodes('p2')], 'full');
    await waitFor(() => farewells(flow).length > 0, 'a word about it');
    assert.deepEqual(farewells(flow), ['p1: This profile no longer uses the connection, which stays open for others']);
    assert.equal(broker.count('DISCONNECT'), 0);
  });

  it('closes a connection nobody else uses', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, profile(broker.port), sink(), recorder('completed'), completer(['sink'])];
    const flow = await startFlow(teardown, nodes);
    const completed = flow.received('completed');
    await flow.connected('sink');
    flow.send('sink', { action: 'disconnect' });
    await waitFor(() => completed.length === 1, 'the action to be done');
    await broker.waitForLog(/Received DISCONNECT/);
    assert.ok(flow.logged.some((line) => line.startsWith('profile: Disconnected from broker: ')));
  });

  it('lets messages wait until someone connects', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(broker.port, { autoConnect: false }),
      source(),
      sink(),
      recorder(),
      recorder('completed'),
      completer(['sink']),
    ]);
    const [got, completed] = [flow.received('got'), flow.received('completed')];
    await flow.shows('sink', DISCONNECTED);
    for (const payload of ['1', '2']) flow.send('sink', { topic: 'a', payload });
    await flow.shows('sink', '2 queued, disconnected');
    assert.equal(broker.count('CONNECT'), 0);
    assert.equal(completed.length, 0);
    flow.send('sink', { action: 'connect' });
    await waitFor(() => got.length === 2 && completed.length === 3, 'all to be delivered and done');
    await flow.connected('sink', 'source');
  });
});

/** What profiles logged of connections that they have no more, without the address. */
function farewells({ logged }: FlowUnderTest): string[] {
  return logged
    .filter((line) => /Disconnected|no longer/.test(line))
    .map((line) => line.replace(/: [^ ]*@?mqtts?:.*$/, ''));
}
