import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a persistent session', () => {
  const teardown = useTeardown();

  async function start(autoUnsubscribe: boolean) {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, {
      protocolVersion: '4',
      clientid: 'me',
      cleansession: false,
      autoUnsubscribe,
    });
    const nodes = [TAB, settings, source({ topic: 'a', qos: '1' }), sink(), recorder()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source');
    await broker.waitForLog(/Sending SUBACK to me/);
    const other = await PrivateClient.connect(broker.url);
    teardown.defer(() => other.client.endAsync(true));
    return { broker, flow, nodes, other };
  }

  it('without auto-unsubscribe keeps what comes while the flows are stopped', async () => {
    const { broker, flow, nodes, other } = await start(false);
    await flow.stop();
    await other.publish('a', 'meanwhile', { qos: 1 });
    assert.equal(broker.count('UNSUBSCRIBE'), 0);
    const again = await startFlow(teardown, nodes);
    const got = again.received('got');
    await waitFor(() => got.length === 1, 'the message');
    assert.equal(got[0]?.payload, 'meanwhile');
  });

  it('with auto-unsubscribe ends the subscription', async () => {
    const { broker, flow } = await start(true);
    await flow.stop();
    await broker.waitForLog(/Received UNSUBSCRIBE from me/);
  });

  it('ends the subscription of a source that is removed in any case', async () => {
    const { broker, flow, nodes } = await start(false);
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'source'),
      'nodes',
    );
    await broker.waitForLog(/Received UNSUBSCRIBE from me/);
    assert.equal(broker.count('CONNECT', 'me'), 1);
  });

  it('outlives a disconnect action', async () => {
    const { broker, flow, other } = await start(true);
    flow.send('sink', { action: 'disconnect' });
    await broker.waitForLog(/Received DISCONNECT from me/);
    assert.equal(broker.count('UNSUBSCRIBE'), 0);
    await other.publish('a', 'meanwhile', { qos: 1 });
    const got = flow.received('got');
    flow.send('sink', { action: 'connect' });
    await waitFor(() => got.length === 1, 'the message');
  });
});
