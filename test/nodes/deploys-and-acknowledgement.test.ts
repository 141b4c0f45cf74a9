import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { startStub } from '../support/stub-broker';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import { type FlowNode, type FlowUnderTest, PLACE, profile, recorder, source, startFlow, TAB } from './node-red';

const CORE = ['function/10-function.js', 'function/89-delay.js'];

const delay = (seconds: number, name = ''): FlowNode => ({
  id: 'delay',
  type: 'delay',
  ...PLACE,
  name,
  pauseType: 'delay',
  timeout: String(seconds),
  timeoutUnits: 'seconds',
  outputs: 1,
  wires: [['got']],
});

function holding(flow: FlowUnderTest, id = 'got') {
  const held: { message: NodeMessageInFlow; done: () => void }[] = [];
  flow.node(id).on('input', (message, _send, done) => held.push({ message, done }));
  return held;
}

describe('messages that are not acknowledged when nodes are stopped', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>, ...more: readonly FlowNode[]) {
    const broker = teardown.stopLater(await startStub());
    const settings = source({ topic: 'a', qos: '1', acknowledge: 'complete', ...properties });
    const nodes = [TAB, profile(broker.port, { clientid: 'me', protocolVersion: '5' }), settings, recorder(), ...more];
    const flow = await startFlow(teardown, nodes, {}, CORE);
    await flow.connected('source');
    await waitFor(() => (broker.sessions.get('me')?.subscriptions.size ?? 0) > 0, 'the subscription');
    return { broker, flow, nodes };
  }

  it('are acknowledged when they are done after a deploy, and what waited goes on in order', async () => {
    const { broker, flow, nodes } = await start({ maxUnacknowledged: '2' });
    const before = holding(flow);
    for (const payload of ['1', '2', '3', '4']) broker.publish('a', payload, { qos: 1 });
    await waitFor(() => before.length === 2, 'as many as may be in the flow');
    await flow.deploy(nodes, 'full');
    const after = holding(flow);
    await flow.connected('source');
    await waitFor(() => after.length === 2, 'what waited');
    for (const { done } of after) done();
    await staysFalse(() => broker.of('puback').length > 0, 'an acknowledgement out of order', 60);
    for (const { done } of before) done();
    await waitFor(() => broker.of('puback').length === 4, 'all acknowledgements');
    assert.deepEqual(
      [...before, ...after].map(({ message }) => message.payload),
      [1, 2, 3, 4],
    );
    assert.equal(broker.of('subscribe').length, 1);
    assert.equal(broker.accepted, 1);
  });

  it('go into the flow again if a node drops them as it is closed in a deploy', async () => {
    const { broker, flow, nodes } = await start({ wires: [['delay']] }, delay(3600));
    for (const payload of ['1', '2']) broker.publish('a', payload, { qos: 1 });
    const changed = nodes.map((node) => (node.id === 'delay' ? delay(0.01) : node));
    await waitForDelayed(flow, 2);
    await flow.deploy(changed, 'full');
    const held = holding(flow);
    await waitFor(() => held.length === 2, 'both');
    assert.deepEqual(broker.of('puback'), []);
    for (const { done } of held) done();
    await waitFor(() => broker.of('puback').length === 2, 'both acknowledgements');
  });

  it('go into the flow again if a node that was stopped with them never finishes them', async () => {
    const { broker, flow, nodes } = await start({});
    const before = holding(flow);
    broker.publish('a', '1', { qos: 1 });
    await waitFor(() => before.length === 1, 'the message');
    await flow.deploy(nodes, 'full');
    const after = holding(flow);
    await waitFor(() => after.length === 1, 'the message again', 30_000);
    assert.deepEqual(broker.of('puback'), []);
    after[0]?.done();
    await waitFor(() => broker.of('puback').length === 1, 'the acknowledgement');
    before[0]?.done();
    assert.equal(flow.problems.length, 0);
  });

  it('come again after a stop if a node has dropped them as it was closed', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const session = { protocolVersion: '4', clientid: 'me', cleansession: false, autoUnsubscribe: false };
    const settings = source({ topic: 'a', qos: '1', acknowledge: 'complete', wires: [['delay']] });
    const nodes = (seconds: number) => [TAB, profile(broker.port, session), settings, recorder(), delay(seconds)];
    const flow = await startFlow(teardown, nodes(3600), {}, CORE);
    await broker.waitForLog(/Sending SUBACK to me/);
    const other = teardown.closeLater(await PrivateClient.connect(broker.url));
    await other.publish('a', '1', { qos: 1 });
    await broker.waitForLog(/Sending PUBLISH to me/);
    await waitForDelayed(flow);
    await flow.stop();
    const again = await startFlow(teardown, nodes(0.01), {}, CORE);
    const got = again.received('got');
    await waitFor(() => got.length === 1, 'the message');
  });

  /** The Delay node has got something. */
  async function waitForDelayed(flow: FlowUnderTest, count = 1): Promise<void> {
    const { idList } = flow.node('delay') as unknown as { idList: unknown[] };
    await waitFor(() => idList.length === count, 'a message at the Delay node');
  }
});
