import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a dynamic source', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown> = {}) {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(broker.port, { protocolVersion: '5', ...properties }),
      source({ topic: '', inputs: 1 }),
      sink(),
      recorder(),
      recorder('completed'),
      recorder('caught'),
      completer(['source']),
      catcher(),
    ]);
    const completed = flow.received('completed');
    const act = async (message: Record<string, unknown>): Promise<NodeMessageInFlow | undefined> => {
      const count = completed.length;
      flow.send('source', message);
      await waitFor(() => completed.length > count, `${JSON.stringify(message)} to be done`);
      return completed.at(-1);
    };
    return { broker, flow, got: flow.received('got'), caught: flow.received('caught'), act };
  }

  it('subscribes and unsubscribes as messages say', async () => {
    const { broker, flow, got, act } = await start();
    await flow.connected('source', 'sink');
    const subscribed = await act({ action: 'subscribe', topic: ['a', { topic: 'b/#', qos: '1', datatype: 'buffer' }] });
    assert.deepEqual(subscribed?.['subscriptions'], [
      { topic: 'a', qos: 2, rh: 0, rap: true },
      { topic: 'b/#', qos: 1, datatype: 'buffer', rh: 0, rap: true },
    ]);
    await waitFor(() => broker.log.filter((line) => /^\s+(a|b\/#) \(QoS/.test(line)).length === 2, 'both filters');
    flow.send('sink', { topic: 'a', payload: '1' });
    flow.send('sink', { topic: 'b/c', payload: '2', qos: 2 });
    await waitFor(() => got.length === 2, 'both messages');
    assert.deepEqual(
      got.map(({ topic, payload, qos }) => [topic, payload, qos]),
      [
        ['a', 1, 0],
        ['b/c', Buffer.from('2'), 1],
      ],
    );
    assert.deepEqual((await act({ action: 'unsubscribe', topic: 'a' }))?.['subscriptions'], [
      { topic: 'b/#', qos: 1, datatype: 'buffer', rh: 0, rap: true },
    ]);
    assert.deepEqual((await act({ action: 'unsubscribe', topic: true }))?.['subscriptions'], []);
    await broker.waitForLog(/UNSUBSCRIBE/);
  });

  it('lists its subscriptions', async () => {
    const { flow, got, act } = await start({ protocolVersion: '4' });
    await act({ action: 'subscribe', topic: { topic: 'a', qos: 0, nl: true } });
    await act({ action: 'getSubscriptions', kept: 'as it is' });
    await waitFor(() => got.length === 1, 'the list');
    const { topic, payload, kept } = got[0] as NodeMessageInFlow;
    assert.deepEqual([topic, payload, kept], ['subscriptions', [{ topic: 'a', qos: 0, nl: true }], 'as it is']);
    await flow.connected('source');
  });

  it('refuses what it does not understand, and subscribes all of a list or nothing', async () => {
    const { flow, caught, got, act } = await start();
    const cases: [Record<string, unknown>, string][] = [
      [{ payload: 'no action' }, 'INVALID_ACTION'],
      [{ action: 'publish' }, 'INVALID_ACTION'],
      [{ action: 'subscribe' }, 'INVALID_SUBSCRIPTION'],
      [{ action: 'subscribe', topic: null }, 'INVALID_SUBSCRIPTION'],
      [{ action: 'subscribe', topic: true }, 'INVALID_SUBSCRIPTION'],
      [{ action: 'subscribe', topic: ['ok', 'a/#/b'] }, 'MQTT_INVALID_FILTER'],
      [{ action: 'subscribe', topic: ['ok', { topic: 'x', qos: 3 }] }, 'MQTT_INVALID_QOS'],
      [{ action: 'unsubscribe', topic: '' }, 'MQTT_INVALID_FILTER'],
    ];
    for (const [message] of cases) flow.send('source', message);
    await waitFor(() => caught.length === cases.length, 'the errors');
    assert.deepEqual(
      caught.map(caughtCode),
      cases.map(([, code]) => code),
    );
    await act({ action: 'getSubscriptions' });
    await waitFor(() => got.length === 1, 'the list');
    assert.deepEqual(got[0]?.payload, []);
  });

  it('keeps its subscriptions over a disconnect and connect', async () => {
    const { flow, got, act } = await start();
    await flow.connected('source', 'sink');
    await act({ action: 'subscribe', topic: 'a' });
    await act({ action: 'disconnect' });
    await flow.shows('source', 'node-red:common.status.disconnected');
    await act({ action: 'connect' });
    flow.send('sink', { topic: 'a', payload: 'again' });
    await waitFor(() => got.length === 1, 'the message');
    assert.equal(got[0]?.payload, 'again');
  });
});
