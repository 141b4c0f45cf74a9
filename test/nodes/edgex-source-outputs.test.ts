import assert from 'node:assert/strict';
import { encodeEvent, type EncodeEventOptions } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile, metaOf } from './edgex-flow';
import { recorder, startFlow, TAB } from './node-red';

const LARGE = 2n ** 63n - 1n;
const TOPIC = 'edgex/events/device/device-virtual/sensor/s1/all';

function event(values: object, options: Partial<EncodeEventOptions> = {}, messageType: 'event' | 'request' = 'event') {
  const names = { deviceName: 's1', profileName: 'sensor', sourceName: 'all' };
  const built = encodeEvent(values, { ...names, origin: 1_700_000_000_000_000_001n, ...options });
  return encodeMessage(built, { form: 'v4', messageType, correlationId: 'c-1' });
}

describe('an EdgeX source', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>, bus: 'mqtt' | 'redis' = 'mqtt') {
    const server = await BUSES[bus](teardown);
    const nodes = [TAB, server.profile, edgexProfile(bus), edgexNode('source', properties), recorder()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source');
    return {
      flow,
      publish: (topic: string, bytes: Buffer | string) => server.publish(topic, bytes),
      got: flow.received('got'),
    };
  }

  it('sends a message per event, with everything else in meta', async () => {
    const { publish, got } = await start({});
    const readings = { t: { valueType: 'Float32', units: 'C', tags: { room: 1 }, id: 'r-1' } };
    const options = { id: 'e-1', tags: { site: 'x' }, readings };
    await publish(TOPIC, event({ t: 21.5, n: LARGE }, options));
    await waitFor(() => got.length === 1, 'the event');
    const [message] = got;
    assert.deepEqual([message?.topic, message?.payload], [TOPIC, { t: 21.5, n: String(LARGE) }]);
    const common = { deviceName: 's1', profileName: 'sensor', origin: '1700000000000000001' };
    const { n, t } = metaOf(message).readings ?? {};
    assert.deepEqual(t, { id: 'r-1', ...common, valueType: 'Float32', units: 'C', tags: { room: 1 } });
    assert.deepEqual([n?.['valueType'], n?.['origin']], ['Int64', common.origin]);
    assert.deepEqual(
      { ...(message?.['meta'] as object), readings: undefined },
      {
        ...{ id: 'e-1', sourceName: 'all', apiVersion: 'v3', tags: { site: 'x' }, correlationId: 'c-1' },
        ...{ ...common, messageType: 'event', form: 'v4', readings: undefined },
      },
    );
    assert.doesNotThrow(() => JSON.stringify(message));
  });

  it('sends a message per reading, which a Join node can put together', async () => {
    const { publish, got } = await start({ output: 'reading' });
    await publish(TOPIC, event([{ t: 1, u: 'x' }, { t: 2 }], { id: 'e-1' }));
    await waitFor(() => got.length === 3, 'all readings');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [1, 'x', 2],
    );
    assert.deepEqual(
      got.map((message) => message['parts']),
      ['t', 'u', 't'].map((key, index) => ({ id: 'e-1', type: 'object', key, index, count: 3 })),
    );
    const { id, reading } = metaOf(got[1]);
    assert.deepEqual([id, reading?.['resourceName'], reading?.['valueType']], ['e-1', 'u', 'String']);
  });

  it('keeps the readings of events without an id apart', async () => {
    const { publish, got } = await start({ output: 'reading' });
    for (const value of [1, 2]) await publish(TOPIC, event([{ a: value, b: value }], { id: '' }));
    await waitFor(() => got.length === 4, 'all readings');
    const ids = got.map((message) => (message['parts'] as { id: string }).id);
    assert.deepEqual([ids[0] === ids[1], ids[1] === ids[2], ids[2] === ids[3]], [true, false, true]);
  });

  it('sends the payload as it was, of any message', async () => {
    const { publish, got } = await start({ output: 'raw', topic: '#' });
    await publish(TOPIC, event({ n: LARGE }));
    const metric = encodeMessage({ name: 'EventsSent', fields: [{ value: LARGE }] }, { form: 'v3', requestId: 'r' });
    await publish('edgex/telemetry/core-data/EventsSent', metric);
    await waitFor(() => got.length === 2, 'both messages');
    const [first, second] = got as unknown as {
      payload: { readings?: { value: string; origin: string }[] };
      meta: Record<string, unknown>;
    }[];
    const reading = first?.payload.readings?.[0];
    assert.deepEqual([reading?.value, reading?.origin], [String(LARGE), '1700000000000000001']);
    assert.equal(first?.meta['messageType'], 'event');
    assert.deepEqual(second?.payload, { name: 'EventsSent', fields: [{ value: String(LARGE) }] });
    assert.deepEqual(
      [second?.meta['messageType'], second?.meta['requestId'], second?.meta['form'], second?.meta['errorCode']],
      ['other', 'r', 'v3', 0],
    );
  });

  for (const [messageType, wanted] of Object.entries({
    auto: ['event', 'request'],
    event: ['event'],
    request: ['request'],
  })) {
    it(`recognises events and requests by themselves; wanted: ${messageType}`, async () => {
      const { publish, got } = await start({ topic: '#', messageType });
      await publish('edgex/anything', encodeMessage({ no: 'event' }, { form: 'v4' }));
      await publish(TOPIC, event({ t: 1 }));
      await publish('edgex/rules-events', event({ t: 2 }, {}, 'request'));
      await publish(TOPIC, event({ last: true }, {}, messageType === 'request' ? 'request' : 'event'));
      const isLast = ({ payload }: { payload?: unknown }) => (payload as Record<string, unknown>)['last'] === true;
      await waitFor(() => got.some(isLast), 'the last one');
      const types = got.filter((message) => !isLast(message)).map((message) => metaOf(message));
      assert.deepEqual(
        types.map((meta) => meta.messageType),
        wanted,
      );
    });
  }

  it('tells the id of a request, also if the envelope has none', async () => {
    const { publish, got } = await start({});
    const request = JSON.parse(event({ t: 1 }, {}, 'request').toString()) as { payload: { requestId: string } };
    request.payload.requestId = 'of the request';
    await publish(TOPIC, Buffer.from(JSON.stringify(request)));
    await waitFor(() => got.length === 1, 'the event');
    assert.equal(metaOf(got[0]).requestId, 'of the request');
  });

  it('gives large integers as bigints or numbers if that is wanted', async () => {
    const { publish, got } = await start({ largeIntegers: 'bigint' });
    await publish(TOPIC, event({ n: LARGE, list: [1n, LARGE], small: 5 }));
    await waitFor(() => got.length === 1, 'the event');
    assert.deepEqual(got[0]?.payload, { n: LARGE, list: [1, LARGE], small: 5 });
    assert.equal(metaOf(got[0]).origin, 1_700_000_000_000_000_001n);
  });

  it('sends only events of the devices, profiles and sources it is set to', async () => {
    const { publish, got } = await start({ device: 's1, lamp-*', deviceProfile: 'sens?r,*light*', source: 'a*' });
    const names = (deviceName: string, profileName: string, sourceName: string) => ({
      deviceName,
      profileName,
      sourceName,
    });
    const sent = [
      names('s1', 'sensor', 'all'),
      names('s2', 'sensor', 'all'),
      names('lamp-7', 'ceiling-light-v2', 'amps'),
      names('lamp-7', 'ceiling-light-v2', 'volts'),
      names('s1', 'sensors', 'all'),
      names('lamp-', 'light', 'a'),
    ];
    for (const [index, one] of sent.entries()) await publish(TOPIC, event({ index }, one));
    await waitFor(() => got.length === 3, 'what is wanted');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [{ index: 0 }, { index: 2 }, { index: 5 }],
    );
  });

  for (const bus of ['mqtt', 'redis'] as const) {
    it(`takes + for one level only, over ${bus}`, async () => {
      const { publish, got } = await start({ topic: 'events/device/+/sensor/#' }, bus);
      await publish('edgex/events/device/a/b/sensor/s1/all', event({ wrong: 1 }));
      await publish('edgex/events/device/a/sensor', event({ right: 1 }));
      await publish('edgex/events/device/a/sensor/s1/all', event({ right: 2 }));
      await waitFor(() => got.length === 2, 'what matches');
      assert.deepEqual(
        got.map(({ topic, payload }) => [topic, payload]),
        [
          ['edgex/events/device/a/sensor', { right: 1 }],
          ['edgex/events/device/a/sensor/s1/all', { right: 2 }],
        ],
      );
    });
  }

  it('takes a complete topic, outside of the base', async () => {
    const { publish, got } = await start({ topic: 'other/place', completeTopic: true });
    await publish('other/place', event({ a: 1 }));
    await waitFor(() => got.length === 1, 'the event');
    assert.deepEqual(got[0]?.payload, { a: 1 });
  });
});
