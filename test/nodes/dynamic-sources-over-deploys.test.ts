import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, type FlowUnderTest, profile, source, startFlow, TAB } from './node-red';

describe('a source that is told its topics by messages', () => {
  const teardown = useTeardown();

  async function start(lingerMillis: string) {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me', lingerMillis });
    const nodes = [TAB, settings, source({ inputs: 1, datatype: 'utf8' }), collector()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source');
    return { broker, flow, nodes };
  }

  const subscribe = (flow: FlowUnderTest, ...topics: string[]) =>
    flow.send('source', { action: 'subscribe', topic: topics.map((topic) => ({ topic, qos: 1 })) });
  const payloads = (flow: FlowUnderTest) => flow.collected('got').map(({ payload }) => payload);

  it('misses nothing over deploys if the flow subscribes again', async () => {
    const { broker, flow, nodes } = await start('60000');
    subscribe(flow, 'numbers', 'other');
    await broker.waitForLog(/Sending SUBACK to me/);
    const stream = await NumberedStream.start(teardown, broker.url, 'numbers', 1);
    for (let round = 0; round < 5; round += 1) {
      const reached = flow.collected('got').length;
      await waitFor(() => flow.collected('got').length > reached + 20, 'messages');
      await flow.deploy(nodes, 'full');
      const { sent } = stream;
      await waitFor(() => stream.sent > sent + 20, 'messages that nobody wants yet');
      // Also of another deploy before that.
      if (round % 2) await flow.deploy(nodes, 'full');
      subscribe(flow, 'numbers');
    }
    await stream.stop();
    await waitFor(() => payloads(flow).at(-1) === 'end', 'the last message');
    assertComplete(payloads(flow), stream.sent);
    assert.equal(broker.count('CONNECT', 'me'), 1);
  });

  it('gets retained messages when it subscribes again, as ever', async () => {
    const { broker, flow, nodes } = await start('60000');
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await client.publish('a', 'kept', { qos: 1, retain: true });
    subscribe(flow, 'a');
    await waitFor(() => payloads(flow).length === 1, 'the retained message');
    await flow.deploy(nodes, 'full');
    subscribe(flow, 'a');
    await waitFor(() => payloads(flow).length === 2, 'the retained message again');
  });

  it('is subscribed to nothing after a deploy otherwise: its subscriptions end after the linger', async () => {
    const { broker, flow, nodes } = await start('100');
    subscribe(flow, 'a', 'b');
    await broker.waitForLog(/Sending SUBACK to me/);
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await flow.deploy(nodes, 'full');
    flow.send('source', { action: 'getSubscriptions' });
    await waitFor(() => flow.collected('got').length === 1, 'the list');
    assert.deepEqual(payloads(flow), [[]]);
    await client.publish('a', 'unwanted', { qos: 1 });
    await broker.waitForLog(/Received UNSUBSCRIBE from me/);
    const { length } = broker.log;
    subscribe(flow, 'a');
    await broker.waitForLog(/Sending SUBACK to me/, length);
    await client.publish('a', 'wanted', { qos: 1 });
    await waitFor(() => flow.collected('got').length === 2, 'the message');
    assert.equal(payloads(flow)[1], 'wanted');
  });

  it('gets what it subscribes to anew while a former, wider subscription goes on', async () => {
    const { broker, flow, nodes } = await start('60000');
    subscribe(flow, 'a/#');
    await broker.waitForLog(/Sending SUBACK to me/);
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await flow.deploy(nodes, 'full');
    subscribe(flow, 'a/b');
    await client.publish('a/b', 'wanted', { qos: 1 });
    await client.publish('a/c', 'later', { qos: 1 });
    await waitFor(() => payloads(flow).length === 1, 'the message');
    subscribe(flow, 'a/#');
    await waitFor(() => payloads(flow).length === 2, 'the other message');
    assert.deepEqual(payloads(flow), ['wanted', 'later']);
  });
});
