import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { getPool } from '../../src/runtime/process-pool';
import {
  catcher,
  caughtCode,
  collector,
  completer,
  type FlowUnderTest,
  profile,
  sink,
  startFlow,
  TAB,
} from './node-red';

describe('a sink keeps its queue over deploys', () => {
  const teardown = useTeardown();

  function send(flow: FlowUnderTest, from: number, to: number, topic = 'out') {
    for (let number = from; number < to; number += 1) flow.send('sink', { topic, payload: String(number), qos: 1 });
  }

  async function listenTo(url: string) {
    const listener = await PrivateClient.connect(url);
    teardown.defer(() => listener.close());
    await listener.subscribe('#', { qos: 1 });
    return listener;
  }

  const numbers = (to: number) => Array.from({ length: to }, (_value, index) => String(index));

  it('during an outage, in order, and each message is done once', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = (name: string) => [
      TAB,
      profile(broker.port),
      sink({ name }),
      completer(['sink']),
      collector('completed'),
    ];
    const flow = await startFlow(teardown, nodes(''));
    await flow.connected('sink');
    await broker.halt();
    await flow.shows('sink', /ECONN|closed|refused|lost|again/i);
    for (const [round, type] of (['full', 'nodes', 'full', 'flows'] as const).entries()) {
      send(flow, round * 50, round * 50 + 50);
      await flow.deploy(nodes(`round ${round}`), type);
    }
    send(flow, 200, 250);
    assert.equal(getPool().snapshot().connections[0]?.queued, 250);
    await broker.start();
    const listener = await listenTo(broker.url);
    await flow.connected('sink');
    await waitFor(() => listener.seen.length >= 250, 'all messages');
    assert.deepEqual(listener.payloads, numbers(250));
    await waitFor(() => flow.collected('completed').length === 250, 'all to be done');
  });

  it('while its profile is disconnected on purpose', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, profile(broker.port, { autoConnect: false }), sink()];
    const flow = await startFlow(teardown, nodes);
    send(flow, 0, 3);
    await flow.deploy(nodes, 'full');
    send(flow, 3, 5);
    await flow.shows('sink', '5 queued, disconnected');
    const listener = await listenTo(broker.url);
    flow.send('sink', { action: 'connect' });
    await waitFor(() => listener.seen.length >= 5, 'all messages');
    assert.deepEqual(listener.payloads, numbers(5));
  });

  it('and what fails after a deploy reaches the Catch nodes that are there then', async () => {
    const nodes = [TAB, profile(1, { queueMaxAgeSeconds: '1' }), sink(), catcher(), collector('caught')];
    const flow = await startFlow(teardown, nodes);
    send(flow, 0, 2);
    await flow.deploy(nodes, 'full');
    await waitFor(() => flow.collected('caught').length === 2, 'both errors');
    assert.deepEqual(flow.collected('caught').map(caughtCode), ['QUEUE_EXPIRED', 'QUEUE_EXPIRED']);
  });

  it('until the linger is over, if it does not come back: then each is an error', async () => {
    const settings = profile(1, { lingerMillis: '100' });
    const flow = await startFlow(teardown, [TAB, settings, sink(), catcher(), collector('caught')]);
    send(flow, 0, 2);
    await flow.deploy([TAB, settings, catcher(), collector('caught')], 'nodes');
    await waitFor(() => flow.collected('caught').length === 2, 'both errors');
    await waitFor(() => getPool().snapshot().connections.length === 0, 'the connection to be forgotten');
  });
});
