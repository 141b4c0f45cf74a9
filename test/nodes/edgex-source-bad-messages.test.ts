/** What is wrong with a message is told once, with a code, to Catch nodes; the source goes on. */
import assert from 'node:assert/strict';
import { encodeCbor } from '../../src/edgex/cbor-encode';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { catcher, caughtCode, errorText, recorder, startFlow, TAB } from './node-red';

const TOPIC = 'edgex/events/device/s/p/d/r';
const NAMES = { deviceName: 'd', profileName: 'p', sourceName: 'r' };

function envelope(payload: unknown): string {
  return JSON.stringify({ apiVersion: 'v3', contentType: 'application/json', payload });
}

function eventWith(readings: unknown): string {
  return envelope({ apiVersion: 'v3', id: 'e', ...NAMES, origin: 1, readings });
}

const HOSTILE: Readonly<Record<string, readonly [code: string, bytes: string | Buffer]>> = {
  nothing: ['EDGEX_INVALID_ENVELOPE', ''],
  'text that is no JSON': ['EDGEX_INVALID_ENVELOPE', 'hello'],
  'JSON that ends early': ['EDGEX_INVALID_JSON', '{"payload": {'],
  'JSON nested without end': ['EDGEX_INVALID_JSON', `{"payload":${'['.repeat(100_000)}`],
  'bytes that are no UTF-8': ['EDGEX_INVALID_JSON', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  'CBOR that ends early': ['EDGEX_INVALID_CBOR', encodeCbor({ payload: 'abc' }).subarray(0, 8)],
  'CBOR that promises too much': ['EDGEX_INVALID_CBOR', Buffer.from('bfffffffffffffffff', 'hex')],
  'a payload that is no base64': ['EDGEX_INVALID_ENVELOPE', envelope('?')],
  'an object that is no envelope': ['EDGEX_INVALID_ENVELOPE', '{"a": 1}'],
  'readings that are no array': ['EDGEX_INVALID_ENVELOPE', '{"deviceName": "d", "readings": 5}'],
  'a reading that is no object': ['EDGEX_INVALID_EVENT', eventWith([5])],
  'a value type nobody knows': [
    'EDGEX_INVALID_VALUE',
    eventWith([{ resourceName: 'x', valueType: 'Int7', value: '1' }]),
  ],
  'a value that does not fit': [
    'EDGEX_INVALID_VALUE',
    eventWith([{ resourceName: 'x', valueType: 'Int8', value: '300' }]),
  ],
};

describe('a bad message at an EdgeX source', () => {
  const teardown = useTeardown();

  async function start(bus: 'mqtt' | 'redis', properties: Record<string, unknown> = {}) {
    const server = await BUSES[bus](teardown);
    const nodes = [edgexNode('source', properties), recorder(), recorder('caught'), catcher()];
    const flow = await startFlow(teardown, [TAB, server.profile, edgexProfile(bus), ...nodes]);
    await flow.connected('source');
    return {
      publish: (topic: string, bytes: Buffer | string) => server.publish(topic, bytes),
      got: flow.received('got'),
      caught: flow.received('caught'),
    };
  }

  for (const bus of ['mqtt', 'redis'] as const) {
    it(`is an error with a code, and the next one is received, over ${bus}`, async () => {
      const { publish, got, caught } = await start(bus);
      for (const [, bytes] of Object.values(HOSTILE)) await publish(TOPIC, bytes);
      await publish(TOPIC, encodeMessage(encodeEvent({ a: 1 }, NAMES), { form: 'v4' }));
      await waitFor(() => got.length === 1, 'the good one');
      const found = Object.fromEntries(Object.keys(HOSTILE).map((name, index) => [name, caughtCode(caught[index])]));
      assert.deepEqual(found, Object.fromEntries(Object.entries(HOSTILE).map(([name, [code]]) => [name, code])));
      assert.equal(caught.length, Object.keys(HOSTILE).length);
      const [, bytes] = HOSTILE['text that is no JSON'] ?? [];
      assert.deepEqual([caught[1]?.topic, caught[1]?.payload], [TOPIC, Buffer.from(bytes ?? '')]);
    });
  }

  it('loses only the readings that are bad', async () => {
    const { publish, got, caught } = await start('mqtt');
    const bad = { valueType: 'Int8', value: 'x' };
    const good = { resourceName: 'good', valueType: 'Int8', value: '5' };
    await publish(TOPIC, eventWith([{ ...bad, resourceName: 'one' }, good, { ...bad, resourceName: 'two' }]));
    await waitFor(() => got.length === 1 && caught.length === 1, 'both');
    assert.deepEqual(got[0]?.payload, { good: 5 });
    assert.equal(caughtCode(caught[0]), 'EDGEX_INVALID_VALUE');
    assert.match(errorText(caught[0]), /"one".* 1 more of 3 readings can't be read either\.$/);
  });

  it('can not reach a prototype by the names of its resources', async () => {
    const { publish, got } = await start('mqtt');
    const reading = (resourceName: string) => ({ resourceName, valueType: 'Object', objectValue: { polluted: 'yes' } });
    await publish(TOPIC, eventWith(['__proto__', 'constructor', 'toString', 'plain'].map(reading)));
    await waitFor(() => got.length === 1, 'the event');
    const payload = got[0]?.payload as unknown as Record<string, unknown>;
    assert.deepEqual(Object.keys(payload), ['__proto__', 'constructor', 'toString', 'plain']);
    assert.equal(payload['polluted'], undefined);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});
