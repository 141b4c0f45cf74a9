import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { catcher, caughtCode, completer, errorText, recorder, startFlow, TAB } from './node-red';

describe('an EdgeX sink', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>, profile: Record<string, unknown> = {}) {
    const bus = await BUSES.mqtt(teardown);
    const sent = await bus.listen('edgex');
    const flow = await startFlow(teardown, [
      TAB,
      bus.profile,
      edgexProfile('mqtt', { qos: '1', ...profile }),
      edgexNode('sink', { wires: [], ...properties }),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['sink']),
    ]);
    await flow.connected('sink');
    return { flow, sent, caught: flow.received('caught'), completed: flow.received('completed') };
  }

  it('makes one event of an array of objects, and leaves nulls out', async () => {
    const { flow, sent, completed } = await start({});
    flow.send('sink', {
      payload: [
        { a: 1, none: null },
        { a: 2, b: 'x' },
      ],
    });
    await waitFor(() => sent.length === 1 && completed.length === 1, 'the event');
    const event = sent[0]?.message.event;
    assert.equal(sent[0]?.topic, 'edgex/events/device/node-red/node-red/node-red/node-red');
    assert.deepEqual(
      event?.readings.map(({ resourceName, value, valueType }) => [resourceName, value, valueType]),
      [
        ['a', 1, 'Int64'],
        ['a', 2, 'Int64'],
        ['b', 'x', 'String'],
      ],
    );
  });

  it('takes names from its fields, else from the metadata, else from the profile', async () => {
    const { flow, sent } = await start(
      {
        device: 'topic',
        deviceType: 'msg',
        deviceProfile: '$uppercase(kind)',
        deviceProfileType: 'jsonata',
        service: 'app',
      },
      { source: 'of-the-profile' },
    );
    const meta = { deviceName: 'of-the-meta', profileName: 'p', readings: { a: { deviceName: 'of-the-meta' } } };
    flow.send('sink', { payload: { a: 1 }, topic: 'of/the node', kind: 'lamp', meta });
    flow.send('sink', { payload: { a: 2 }, topic: '', kind: 'x', meta });
    await waitFor(() => sent.length === 2, 'both events');
    assert.deepEqual(
      sent.map(({ topic }) => topic),
      [
        'edgex/events/device/app/LAMP/of%2Fthe%20node/of-the-profile',
        'edgex/events/device/app/X/of-the-meta/of-the-profile',
      ],
    );
    const [first] = sent;
    assert.equal(first?.message.event?.deviceName, 'of/the node');
    assert.equal(first?.message.event?.readings[0]?.deviceName, 'of/the node');
  });

  it('takes value types and all else from the metadata, as a source sends it', async () => {
    const { flow, sent, completed } = await start({ meta: 'about', metaType: 'msg' });
    const about = {
      id: 'e-1',
      origin: '1700000000000000001',
      tags: { site: 'x' },
      correlationId: 'c-1',
      readings: {
        a: { valueType: 'uint16', units: 'V', id: 'r-1', tags: { t: 1 }, origin: 5 },
        b: { valueType: 'Binary', mediaType: 'image/png' },
        gone: { valueType: 'Float32' },
      },
    };
    flow.send('sink', { payload: { a: '7', b: 'AQI=', gone: null }, about });
    await waitFor(() => sent.length === 1, 'the event');
    const { event, envelope } = sent[0]?.message ?? assert.fail();
    assert.deepEqual(
      [event?.id, event?.origin, event?.tags, envelope.correlationId],
      ['e-1', 1_700_000_000_000_000_001n, { site: 'x' }, 'c-1'],
    );
    const [a, b, gone] = event?.readings ?? [];
    assert.deepEqual(
      [a?.value, a?.valueType, a?.units, a?.id, a?.tags, a?.origin],
      [7, 'Uint16', 'V', 'r-1', { t: 1 }, 5],
    );
    assert.deepEqual([b?.value, b?.mediaType], [Buffer.from([1, 2]), 'image/png']);
    assert.deepEqual([gone?.value, gone?.valueType], [null, 'Float32']);
    assert.equal(completed.length, 1);
  });

  it('takes a single reading as a source sends it', async () => {
    const { flow, sent } = await start({});
    const reading = { resourceName: 'depth', valueType: 'Float64', units: 'm' };
    flow.send('sink', { payload: 3, meta: { deviceName: 'd', reading } });
    await waitFor(() => sent.length === 1, 'the event');
    const [first] = sent[0]?.message.event?.readings ?? [];
    assert.deepEqual([first?.resourceName, first?.value, first?.valueType, first?.units], ['depth', 3, 'Float64', 'm']);
  });

  it('sends events that are ready as they are, but for the names it is set to', async () => {
    const { flow, sent } = await start({ device: 'other', deviceType: 'msg' });
    const reading = { resourceName: 'n', valueType: 'Uint64', value: '18446744073709551615', origin: '5', units: 'm' };
    const event = { deviceName: 'd', profileName: 'p', sourceName: 's', id: 'e-1', origin: '1700000000000000001' };
    flow.send('sink', { payload: { ...event, readings: [reading] }, meta: { correlationId: 'c-1', errorCode: 0 } });
    flow.send('sink', { payload: { requestId: 'r', event: { ...event, readings: [reading] } }, other: 'x' });
    await waitFor(() => sent.length === 2, 'both events');
    const [first, second] = sent.map(({ message }) => message);
    assert.deepEqual(
      [first?.event?.id, first?.event?.origin, first?.event?.deviceName, first?.envelope.correlationId],
      ['e-1', 1_700_000_000_000_000_001n, 'd', 'c-1'],
    );
    const [n] = first?.event?.readings ?? [];
    assert.deepEqual([n?.value, n?.origin, n?.units, n?.deviceName], [18_446_744_073_709_551_615n, 5, 'm', 'd']);
    assert.deepEqual([second?.event?.deviceName, second?.event?.readings[0]?.deviceName], ['x', 'x']);
    assert.deepEqual(
      sent.map(({ topic }) => topic),
      ['edgex/events/device/node-red/p/d/s', 'edgex/events/device/node-red/p/x/s'],
    );
  });

  it('sends requests, and to one topic, if it is set to', async () => {
    const { flow, sent } = await start({ messageType: 'request', topicMode: 'fixed', topic: 'rules-events' });
    flow.send('sink', { payload: { a: 1 } });
    await waitFor(() => sent.length === 1, 'the request');
    assert.deepEqual([sent[0]?.topic, sent[0]?.message.kind], ['edgex/rules-events', 'request-event']);
  });

  it('leaves the service out of topics of EdgeX 2', async () => {
    const { flow, sent } = await start({ device: 'd' }, { apiVersion: 'v2', base: '/edgex/two/', form: 'v3' });
    flow.send('sink', { payload: { a: 1 } });
    await waitFor(() => sent.length === 1, 'the event');
    assert.equal(sent[0]?.topic, 'edgex/two/events/device/node-red/d/node-red');
    assert.equal(sent[0]?.message.event?.apiVersion, 'v2');
  });

  it('tells what can not be sent, naming it, and sends the next one', async () => {
    const { flow, sent, caught } = await start({ topicMode: 'fixed', topic: 'to', topicType: 'msg' });
    const to = 'here';
    flow.send('sink', { to, payload: 'text' });
    flow.send('sink', { to, payload: { mixed: [1, 'a'] } });
    flow.send('sink', { to, payload: { small: 300 }, meta: { readings: { small: { valueType: 'Int8' } } } });
    flow.send('sink', { to, payload: { a: 1 }, meta: 'nothing' });
    flow.send('sink', { to, payload: { a: 1 }, meta: { readings: { a: { valueType: 5 } } } });
    flow.send('sink', { to: 'a/#', payload: { a: 1 } });
    flow.send('sink', { payload: { a: 1 } });
    flow.send('sink', { to, payload: { good: true } });
    await waitFor(() => sent.length === 1 && caught.length === 7, 'all outcomes');
    assert.deepEqual(caught.map(caughtCode), [
      'EDGEX_INVALID_EVENT',
      'EDGEX_INVALID_VALUE',
      'EDGEX_INVALID_VALUE',
      'EDGEX_INVALID_METADATA',
      'EDGEX_INVALID_METADATA',
      'EDGEX_INVALID_TOPIC',
      'EDGEX_INVALID_TOPIC',
    ]);
    assert.match(errorText(caught[1]), /"mixed"/);
    assert.match(errorText(caught[2]), /"small"/);
  });
});
