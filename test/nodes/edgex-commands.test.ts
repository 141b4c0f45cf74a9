import assert from 'node:assert/strict';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import type { EdgexMessage } from '../../src/edgex/types';
import { freePort } from '../support/ports';
import { startProxy } from '../support/tcp-proxy';
import { type Teardown, useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { type Bus, BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { catcher, caughtCode, completer, errorText, profile, recorder, startFlow, TAB } from './node-red';

const REQUESTS = 'edgex/core/command/request';

/** Answers like core-command: `temperature` has a value, `broken` fails, `silent` is not answered. */
async function startCoreCommand(bus: Bus): Promise<{ topic: string; message: EdgexMessage }[]> {
  return bus.listen(REQUESTS, ({ topic, message }) => {
    const { requestId, correlationId } = message.envelope;
    const [device = '', command = '', method] = topic.slice(REQUESTS.length + 1).split('/');
    const reply = (payload: unknown, errorCode = 0) =>
      bus.publish(
        `edgex/response/core-command/${requestId}`,
        encodeMessage(payload, { form: 'v4', messageType: 'payload', requestId, correlationId, errorCode }),
      );
    if (command === 'silent') return;
    if (command === 'broken') void reply(`request failed, status code: 404, err: device ${device} not found`, 1);
    else if (method === 'set') void reply({ apiVersion: 'v3', requestId, statusCode: 200 });
    else {
      const names = { deviceName: device, profileName: 'thermostat', sourceName: command };
      void reply({
        apiVersion: 'v3',
        requestId,
        statusCode: 200,
        event: eventDto({ temperature: 21.5, runs: 7 }, names),
      });
    }
  });
}

function eventDto(values: object, names: { deviceName: string; profileName: string; sourceName: string }): unknown {
  const bytes = encodeMessage(encodeEvent(values, names), { form: 'v4' });
  const { payload } = JSON.parse(bytes.toString()) as { payload: object };
  // Times in nanoseconds don't survive JSON.parse; nobody looks at them here.
  return payload;
}

async function start(teardown: Teardown, kind: 'mqtt' | 'redis', properties: Record<string, unknown>) {
  const bus = await BUSES[kind](teardown);
  const requests = await startCoreCommand(bus);
  const flow = await startFlow(teardown, [
    TAB,
    bus.profile,
    edgexProfile(kind),
    edgexNode('command', { device: 'hall', command: 'temperature', method: 'get', ...properties }),
    recorder(),
    recorder('caught'),
    recorder('completed'),
    catcher(),
    completer(['command']),
  ]);
  const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
  return { bus, flow, requests, got, caught, completed };
}

describe('an EdgeX command', () => {
  const teardown = useTeardown();

  for (const kind of ['mqtt', 'redis'] as const) {
    it(`reads a device over ${kind}`, async () => {
      const { flow, requests, got, completed } = await start(teardown, kind, {});
      // Before there is a connection: the request waits until the answer can be received.
      flow.send('command', { payload: 'x', kept: 1 });
      await waitFor(() => got.length === 1 && completed.length === 1, 'the answer');
      assert.deepEqual([got[0]?.payload, got[0]?.['kept']], [{ temperature: 21.5, runs: 7 }, 1]);
      const meta = got[0]?.['meta'] as Record<string, unknown>;
      assert.deepEqual([meta['deviceName'], meta['statusCode'], meta['sourceName']], ['hall', 200, 'temperature']);
      const { topic, message } = requests[0] ?? assert.fail('no request');
      assert.equal(topic, `${REQUESTS}/hall/temperature/get`);
      assert.equal(message.payload, null);
      assert.deepEqual(message.envelope.queryParams, { 'ds-pushevent': 'false', 'ds-returnevent': 'true' });
      assert.equal(meta['requestId'], message.envelope.requestId);
      assert.equal(meta['correlationId'], message.envelope.correlationId);
    });

    it(`writes to a device over ${kind}`, async () => {
      const { flow, requests, got } = await start(teardown, kind, { method: 'set', command: 'setpoint' });
      flow.send('command', { payload: { a: 1_000_000, b: 2n ** 60n, c: [1, 2], d: true, e: 'x', f: { g: 1 } } });
      await waitFor(() => got.length === 1, 'the answer');
      assert.equal((got[0] as unknown as { payload: { statusCode: number } }).payload.statusCode, 200);
      assert.deepEqual(requests[0]?.message.payload, {
        a: '1000000',
        b: '1152921504606846976',
        c: '[1,2]',
        d: 'true',
        e: 'x',
        f: { g: 1 },
      });
    });

    it(`says why it failed over ${kind}`, async () => {
      const { flow, got, caught, completed } = await start(teardown, kind, { command: 'command', commandType: 'msg' });
      await flow.connected('command');
      flow.send('command', { command: 'broken' });
      flow.send('command', { command: 'temperature' });
      flow.send('command', { command: '' });
      await waitFor(() => got.length === 1 && caught.length === 2, 'all outcomes');
      assert.deepEqual(caught.map((message) => String(caughtCode(message))).toSorted(), [
        'EDGEX_COMMAND_FAILED',
        'EDGEX_INVALID_COMMAND',
      ]);
      const failed = caught.find((message) => caughtCode(message) === 'EDGEX_COMMAND_FAILED');
      assert.match(
        errorText(failed),
        /The read command "broken" of device "hall" failed: request failed, status code: 404, err: device hall not found$/,
      );
      assert.equal(completed.length, 1);
    });

    it(`says that nobody answers over ${kind}`, async () => {
      const { flow, caught, requests } = await start(teardown, kind, { command: 'silent', timeoutSeconds: '0.5' });
      await flow.connected('command');
      flow.send('command', { payload: 'kept' });
      await waitFor(() => caught.length === 1, 'the error');
      assert.deepEqual([caughtCode(caught[0]), caught[0]?.payload], ['EDGEX_TIMEOUT', 'kept']);
      await waitFor(() => requests.length === 1, 'the request');
    });
  }

  it('has one subscription for all its requests, and ignores answers to others', async () => {
    const { bus, flow, requests, got, caught } = await start(teardown, 'mqtt', {});
    assert.ok('broker' in bus);
    await flow.connected('command');
    await bus.publish('edgex/response/core-command/of-somebody-else', 'anything');
    for (let count = 0; count < 20; count += 1) flow.send('command', { count });
    await waitFor(() => got.length === 20, 'all answers');
    assert.equal(new Set(requests.map(({ message }) => message.envelope.requestId)).size, 20);
    assert.deepEqual(new Set(got.map((message) => message['count'])), new Set(Array(20).keys()));
    assert.equal(bus.broker.count('SUBSCRIBE') - bus.broker.count('SUBSCRIBE', 'the-test'), 1);
    assert.equal(caught.length, 0);
  });

  it('tells answers that can not be read, and errors in the form of EdgeX 3', async () => {
    const bus = await BUSES.mqtt(teardown);
    const answers: readonly ((requestId: string) => Buffer | string)[] = [
      () => 'nonsense',
      () => encodeMessage({ event: { deviceName: 'd', readings: [5] }, statusCode: 200 }, { form: 'v4' }),
      (requestId) => encodeMessage('device is locked', { form: 'v3', messageType: 'payload', requestId, errorCode: 1 }),
      () => encodeMessage({ statusCode: 423, message: 'device is down' }, { form: 'cbor', messageType: 'payload' }),
      () => encodeMessage({ message: 'no such command' }, { form: 'v4', messageType: 'payload', errorCode: 1 }),
    ];
    let count = 0;
    await bus.listen(REQUESTS, ({ message: { envelope } }) => {
      const answer = answers[count++] ?? assert.fail();
      void bus.publish(`edgex/response/core-command/${envelope.requestId}`, answer(envelope.requestId));
    });
    const nodes = [edgexNode('command', { device: 'd', command: 'c' }), recorder(), recorder('caught'), catcher()];
    const flow = await startFlow(teardown, [TAB, bus.profile, edgexProfile('mqtt'), ...nodes]);
    const caught = flow.received('caught');
    await flow.connected('command');
    for (const _ of answers) flow.send('command', { payload: 1 });
    await waitFor(() => caught.length === 5, 'all errors');
    assert.deepEqual(caught.map(caughtCode), [
      'EDGEX_INVALID_ENVELOPE',
      'EDGEX_INVALID_EVENT',
      'EDGEX_COMMAND_FAILED',
      'EDGEX_COMMAND_FAILED',
      'EDGEX_COMMAND_FAILED',
    ]);
    assert.match(errorText(caught[2]), /failed: device is locked$/);
    assert.match(errorText(caught[3]), /failed: device is down$/);
    assert.match(errorText(caught[4]), /failed: no such command$/);
  });

  it('ends its requests when it is closed', async () => {
    const { flow, caught } = await start(teardown, 'mqtt', { command: 'silent' });
    await flow.connected('command');
    flow.send('command', { payload: 1 });
    const node = flow.node('command') as unknown as { close(removed: boolean): Promise<void> };
    await node.close(false);
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'CONNECTION_CLOSED');
  });

  for (const kind of ['mqtt', 'redis'] as const) {
    it(`is sent when the connection is back, over ${kind}`, async () => {
      const bus = await BUSES[kind](teardown);
      const requests = await startCoreCommand(bus);
      const proxy = teardown.stopLater(await startProxy(bus.port));
      const settings = { ...bus.profile, port: String(proxy.port) };
      const nodes = [edgexNode('command', { device: 'd', command: 'c', timeoutSeconds: '25' }), recorder()];
      const flow = await startFlow(teardown, [TAB, settings, edgexProfile(kind), ...nodes]);
      const got = flow.received('got');
      await flow.connected('command');
      await proxy.stop();
      await flow.shows('command', /^disconnected: /);
      flow.send('command', { payload: 1 });
      assert.equal(requests.length, 0);
      await proxy.start();
      await waitFor(() => got.length === 1, 'the answer', 20_000);
    }).timeout(30_000);
  }

  it('takes no place in the queue when its time is over, while disconnected on purpose', async () => {
    const bus = await BUSES.mqtt(teardown);
    await startCoreCommand(bus);
    const flow = await startFlow(teardown, [
      TAB,
      { ...bus.profile, queueMaxCount: '2' },
      edgexProfile('mqtt'),
      edgexNode('command', { device: 'hall', command: 'temperature', timeoutSeconds: '1' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await flow.connected('command');
    flow.send('command', { action: 'disconnect' });
    await flow.shows('command', /disconnected/);
    for (const payload of [1, 2, 3]) flow.send('command', { payload });
    await waitFor(() => caught.length === 3, 'the end of their time');
    assert.ok(flow.statuses.get('command')?.some(({ text }) => text?.includes('2 queued')));
    assert.deepEqual(caught.map(caughtCode), ['QUEUE_FULL', 'EDGEX_TIMEOUT', 'EDGEX_TIMEOUT']);
    await flow.shows('command', /disconnected$/);
    flow.send('command', { payload: 4 });
    flow.send('command', { action: 'connect' });
    await waitFor(() => got.length === 1, 'the answer to the one sent last');
  });

  it('waits with no more others than the profile allows', async () => {
    const nodes = [
      edgexNode('command', { device: 'd', command: 'c', timeoutSeconds: '0.5' }),
      recorder('caught'),
      catcher(),
    ];
    const flow = await startFlow(teardown, [
      TAB,
      profile(await freePort(), { queueMaxCount: '2' }),
      edgexProfile('mqtt'),
      ...nodes,
    ]);
    const caught = flow.received('caught');
    await flow.shows('command', /^disconnected: /);
    for (const count of [1, 2, 3]) flow.send('command', { count });
    await waitFor(() => caught.length === 3, 'all errors');
    assert.deepEqual(
      caught.map((message) => [message['count'], caughtCode(message)]),
      [
        [3, 'QUEUE_FULL'],
        [1, 'EDGEX_TIMEOUT'],
        [2, 'EDGEX_TIMEOUT'],
      ],
    );
  });
});
