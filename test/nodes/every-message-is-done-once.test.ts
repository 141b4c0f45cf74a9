import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('every message to a sink is done once', () => {
  const teardown = useTeardown();

  it('sent, acknowledged or refused, whatever it holds', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      source({ topic: 'ok', datatype: 'utf8' }),
      sink(),
      recorder(),
      recorder('completed'),
      recorder('caught'),
      completer(['sink']),
      catcher(),
    ]);
    const [got, completed, caught] = [flow.received('got'), flow.received('completed'), flow.received('caught')];
    await flow.connected('source', 'sink');
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const payloads = ['', 'text', 0, false, null, undefined, Number.NaN, 5n, { a: 1 }, new Uint8Array([65])];
    for (const qos of [0, 1, 2]) for (const payload of payloads) flow.send('sink', { topic: 'ok', qos, payload });
    flow.send('sink', { topic: 'ok' });
    const bad: [Record<string, unknown>, string][] = [
      [{ topic: 'ok', payload: circular }, 'MQTT_INVALID_PAYLOAD'],
      [{ topic: 'ok', payload: () => 1 }, 'MQTT_INVALID_PAYLOAD'],
      [{ topic: 'ok', payload: 'x', qos: 3 }, 'MQTT_INVALID_QOS'],
      [{ payload: 'x' }, 'MQTT_INVALID_TOPIC'],
      [{ topic: 'a/+', payload: 'x' }, 'MQTT_INVALID_TOPIC'],
      [{ topic: 'a\u0000', payload: 'x' }, 'MQTT_INVALID_TOPIC'],
      [{ topic: 'x'.repeat(70_000), payload: 'x' }, 'MQTT_INVALID_TOPIC'],
      [{ topic: 'ok', payload: 'x', correlationData: 5 }, 'MQTT_INVALID_PROPERTY'],
      [{ action: 'subscribe', topic: 'ok' }, 'INVALID_ACTION'],
    ];
    for (const [message] of bad) flow.send('sink', message);
    await waitFor(
      () => got.length === payloads.length * 3 && completed.length === got.length + 1 && caught.length === bad.length,
      () => `all; got ${got.length}, done ${completed.length}, refused ${caught.length}`,
    );
    assert.deepEqual(
      got.slice(0, payloads.length).map(({ payload }) => payload),
      ['', 'text', '0', 'false', '', '', 'NaN', '5', '{"a":1}', 'A'],
    );
    assert.deepEqual(
      caught.map(caughtCode),
      bad.map(([, code]) => code),
    );
    await staysFalse(() => completed.length > got.length + 1, 'a second done', 50);
  });
});
