import assert from 'node:assert/strict';
import type { StatePayload } from '../../src/runtime/pool-status/state-message';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { PLACE, profile, recorder, source, startFlow, TAB } from './node-red';

describe('a pool-status node in a subflow', () => {
  const teardown = useTeardown();

  for (const chosen of [['inner'], ['inner', 'inner2']]) {
    it(`tells of the ${chosen.length} chosen profiles of its own instance, and of no other's`, async () => {
      const [first, second] = [teardown.stopLater(await startMosquitto()), teardown.stopLater(await startMosquitto())];
      const inside = { z: 'sub', x: 1, y: 1 };
      const flow = await startFlow(teardown, [
        TAB,
        {
          ...{ id: 'sub', type: 'subflow', name: 'Line', in: [] },
          out: [{ x: 1, y: 1, wires: [{ id: 'status', port: 0 }] }],
          env: [{ name: 'PORT', type: 'str', value: '1' }],
        },
        profile(1, { id: 'inner', port: '${PORT}', z: 'sub' }),
        profile(1, { id: 'inner2', port: '${PORT}', clientid: 'c2-${PORT}', z: 'sub' }),
        source({ id: 'source', profile: 'inner', ...inside, wires: [[]] }),
        source({ id: 'source2', profile: 'inner2', ...inside, wires: [[]] }),
        { id: 'status', type: 'pool-status', scope: 'chosen', profiles: chosen, ...inside, wires: [[]] },
        ...[first, second].map(({ port }, index) => ({
          id: `use${index}`,
          type: 'subflow:sub',
          ...PLACE,
          env: [{ name: 'PORT', type: 'str', value: String(port) }],
          wires: [[`told${index}`]],
        })),
        recorder('told0'),
        recorder('told1'),
      ]);
      const told = [first, second].map((_broker, index) => flow.received(`told${index}`));
      for (const [index, { port }] of [first, second].entries()) {
        const payloads = () => (told[index] ?? []).map(({ payload }) => payload as StatePayload);
        const connected = () => new Set(payloads().flatMap(({ state, key }) => (state === 'connected' ? [key] : [])));
        await waitFor(() => connected().size === chosen.length, `the connections of instance ${index}`);
        assert.deepEqual([...new Set(payloads().map(({ address }) => address))], [`mqtt://127.0.0.1:${port}`]);
      }
    });
  }
});
