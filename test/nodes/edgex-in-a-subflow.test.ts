/** EdgeX nodes and profiles within a subflow: each instance works, and all instances use one connection. */
import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { edgexNode, edgexProfile } from './edgex-flow';
import { PLACE, profile, recorder, startFlow, TAB } from './node-red';

describe('EdgeX in a subflow', () => {
  const teardown = useTeardown();

  it('works in each instance, over one connection', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const within = { z: 'sub', x: 100, y: 100 };
    const flow = await startFlow(teardown, [
      TAB,
      {
        id: 'sub',
        type: 'subflow',
        name: 'device',
        in: [{ wires: [{ id: 'sub-sink' }] }],
        out: [{ wires: [{ id: 'sub-source', port: 0 }] }],
        env: [{ name: 'DEVICE', type: 'str', value: '' }],
      },
      { ...profile(broker.port), z: 'sub' },
      { ...edgexProfile('mqtt'), z: 'sub' },
      edgexNode('sink', { id: 'sub-sink', ...within, device: 'DEVICE', deviceType: 'env', wires: [] }),
      edgexNode('source', { id: 'sub-source', ...within, device: '${DEVICE}', wires: [[]] }),
      ...['pump', 'valve'].map((name) => ({
        id: name,
        type: 'subflow:sub',
        ...PLACE,
        env: [{ name: 'DEVICE', type: 'str', value: name }],
        wires: [[`got-${name}`]],
      })),
      recorder('got-pump'),
      recorder('got-valve'),
    ]);
    const [pump, valve] = [flow.received('got-pump'), flow.received('got-valve')];
    await waitFor(() => {
      flow.send('pump', { payload: { a: 1 } });
      flow.send('valve', { payload: { a: 2 } });
      return pump.length > 0 && valve.length > 0;
    }, 'the events of both');
    assert.ok(pump.every(({ payload }) => (payload as unknown as { a: number }).a === 1));
    assert.ok(valve.every(({ payload }) => (payload as unknown as { a: number }).a === 2));
    assert.equal(broker.count('CONNECT'), 1);
  });
});
