import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { startStub } from '../support/stub-broker';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import {
  catcher,
  type FlowNode,
  type FlowUnderTest,
  PLACE,
  profile,
  recorder,
  source,
  startFlow,
  TAB,
} from './node-red';

const CORE = ['function/10-function.js', 'function/89-delay.js'];
const REFUSED = 0x83;

const func = (id: string, code: string, wires: string[][]): FlowNode => ({
  id,
  type: 'function',
  ...PLACE,
  wires,
  func: code,
  outputs: 1,
  libs: [],
});

/** A recorder that is done with its messages when the test says so. */
function holding(flow: FlowUnderTest, id = 'got') {
  const held: { message: NodeMessageInFlow; done: (error?: Error) => void }[] = [];
  flow.node(id).on('input', (message, _send, done) => held.push({ message, done }));
  return held;
}

describe('an MQTT source acknowledges', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>, ...nodes: readonly FlowNode[]) {
    const broker = teardown.stopLater(await startStub());
    const settings = { topic: 'a', qos: '1', acknowledge: 'complete', ...properties };
    const all = [TAB, profile(broker.port, { protocolVersion: '5' }), source(settings), recorder(), recorder('caught')];
    const flow = await startFlow(teardown, [...all, catcher(), ...nodes], {}, CORE);
    await flow.connected('source');
    await waitFor(
      () => [...broker.sessions.values()].some(({ subscriptions }) => subscriptions.size > 0),
      'the subscription',
    );
    const publish = (count: number, qos: 0 | 1 | 2 = 1) => {
      for (let number = 1; number <= count; number += 1) broker.publish('a', String(number), { qos });
    };
    return { broker, flow, publish, caught: flow.received('caught') };
  }

  for (const qos of [1, 2] as const) {
    it(`messages of QoS ${qos} when the flow is done with them, in the order in which they came`, async () => {
      const { broker, flow, publish } = await start({ qos: String(qos) });
      const answers = () => (qos === 1 ? broker.of('puback') : broker.of('pubrec')).map(({ messageId }) => messageId);
      const held = holding(flow);
      publish(3, qos);
      await waitFor(() => held.length === 3, 'all three');
      held[1]?.done();
      await staysFalse(() => answers().length > 0, 'an acknowledgement', 40);
      held[0]?.done();
      await waitFor(() => answers().length === 2, 'the first two');
      held[2]?.done();
      await waitFor(() => answers().length === 3, 'the third');
      assert.deepEqual(answers(), [1, 2, 3]);
    });
  }

  it('after a Function and a Delay node', async () => {
    const delay = { pauseType: 'delay', timeout: '20', timeoutUnits: 'milliseconds', outputs: 1 };
    const { broker, flow, publish } = await start(
      { wires: [['func']] },
      func('func', 'return { payload: msg.payload };', [['delay']]),
      { id: 'delay', type: 'delay', ...PLACE, ...delay, wires: [['got']] },
    );
    const held = holding(flow);
    publish(2);
    await waitFor(() => held.length === 2, 'both');
    assert.equal(broker.of('puback').length, 0);
    for (const { done } of held) done();
    await waitFor(() => broker.of('puback').length === 2, 'both acknowledgements');
  });

  it('what failed, with a reason: it does not come again, and must not hold up all others', async () => {
    const { broker, flow, publish, caught } = await start({});
    const held = holding(flow);
    publish(2);
    await waitFor(() => held.length === 2, 'both');
    held[0]?.done(new Error('no'));
    held[1]?.done();
    await waitFor(() => broker.of('puback').length === 2, 'both acknowledgements');
    assert.deepEqual(
      broker.of('puback').map(({ reasonCode = 0 }) => reasonCode),
      [REFUSED, 0],
    );
    assert.equal(caught.length, 1);
  });

  it('what can not be read, with a reason', async () => {
    const { broker, caught } = await start({ datatype: 'json' });
    broker.publish('a', '{', { qos: 1 });
    await waitFor(() => broker.of('puback').length === 1, 'the acknowledgement');
    assert.equal(broker.of('puback')[0]?.reasonCode, REFUSED);
    assert.equal(caught.length, 1);
  });

  it('what the flow does not finish in the set time, and warns', async () => {
    const { broker, flow, publish } = await start({ completeSeconds: '0.5' });
    const held = holding(flow);
    publish(2);
    await waitFor(() => broker.of('puback').length === 2, 'both acknowledgements');
    assert.equal(held.length, 2);
    await waitFor(() => flow.problems.some((text) => /did not finish 2 messages within 0.5 s/.test(text)), 'a warning');
    // Late, and of no use to anybody.
    for (const { done } of held) done();
    publish(1);
    await waitFor(() => held.length === 3, 'the next message');
    held[2]?.done();
    await waitFor(() => broker.of('puback').length === 3, 'its acknowledgement');
  });

  it('on receipt if nothing else is set', async () => {
    const { broker, flow, publish } = await start({ acknowledge: '' });
    const held = holding(flow);
    publish(3);
    await waitFor(() => broker.of('puback').length === 3, 'the acknowledgements');
    await waitFor(() => held.length === 3, 'the messages');
  });

  it('nothing of what the flow has when Node-RED stops: it comes again', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const session = { protocolVersion: '4', clientid: 'me', cleansession: false, autoUnsubscribe: false };
    const settings = source({ topic: 'a', qos: '1', acknowledge: 'complete' });
    const nodes = [TAB, profile(broker.port, session), settings, recorder(), func('next', 'return msg;', [['got']])];
    const flow = await startFlow(teardown, nodes, {}, CORE);
    await broker.waitForLog(/Sending SUBACK to me/);
    const held = holding(flow);
    const other = teardown.closeLater(await PrivateClient.connect(broker.url));
    for (const payload of ['1', '2', '3']) await other.publish('a', payload, { qos: 1 });
    await waitFor(() => held.length === 3, 'all three');
    held[0]?.done();
    await broker.waitForLog(/Received PUBACK from me/);
    await flow.stop();
    const again = await startFlow(teardown, nodes, {}, CORE);
    const got = again.received('got');
    await waitFor(() => got.length === 2, 'the two that were not done');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['2', '3'].map(Number),
    );
  });

  it('nothing that a node passes on to one that is stopped already', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const session = { protocolVersion: '4', clientid: 'me', cleansession: false, autoUnsubscribe: false };
    const settings = source({ topic: 'a', qos: '1', acknowledge: 'complete', wires: [['late']] });
    const nodes = [TAB, profile(broker.port, session), settings, { ...recorder('late'), wires: [['got']] }, recorder()];
    const flow = await startFlow(teardown, nodes);
    await broker.waitForLog(/Sending SUBACK to me/);
    let passOn: (() => void) | undefined;
    flow.node('late').on('input', (message, send, done) => {
      passOn = () => {
        send(message);
        done();
      };
    });
    const other = teardown.closeLater(await PrivateClient.connect(broker.url));
    await other.publish('a', '1', { qos: 1 });
    await waitFor(() => passOn, 'the message');
    const stopped = flow.stop();
    await new Promise((resolve) => setImmediate(resolve));
    passOn?.();
    await stopped;
    const again = await startFlow(teardown, nodes);
    const late: unknown[] = again.received('late');
    await waitFor(() => late.length === 1, 'the message again');
  });
});
