import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { startProxy } from '../support/tcp-proxy';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { collector, startFlow, TAB } from './node-red';

const COMMON = { deviceName: 'cam', profileName: 'camera', origin: 1_700_000_000_000_000_000 };
const READING = { ...COMMON, id: 'r', resourceName: 'number', valueType: 'Int64', value: '7' };
const EVENT = JSON.stringify({
  apiVersion: 'v3',
  contentType: 'application/json',
  payload: { ...COMMON, apiVersion: 'v3', id: 'e', sourceName: 'number', readings: [READING] },
});

describe('an EdgeX source after an outage of its bus', () => {
  const teardown = useTeardown();

  for (const kind of ['mqtt', 'redis'] as const) {
    it(`gets events again, over ${kind}`, async () => {
      const bus = await BUSES[kind](teardown);
      const proxy = teardown.stopLater(await startProxy(bus.port));
      const flow = await startFlow(teardown, [
        TAB,
        { ...bus.profile, port: String(proxy.port) },
        edgexProfile(kind),
        edgexNode('source'),
        collector(),
      ]);
      await flow.connected('source');
      await proxy.stop();
      await flow.shows('source', /^disconnected/);
      await proxy.start();
      await flow.connected('source');
      const again = setInterval(() => void bus.publish('edgex/events/device/device-x/camera/cam/number', EVENT), 20);
      teardown.defer(() => clearInterval(again));
      await waitFor(() => flow.collected('got').length > 0, 'an event');
      clearInterval(again);
      assert.deepEqual(flow.collected('got')[0]?.payload, { number: 7 });
    });
  }
});
