import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { catcher, completer, recorder, startFlow, TAB } from './node-red';

describe('EdgeX events', () => {
  const teardown = useTeardown();

  for (const bus of ['mqtt', 'redis'] as const) {
    for (const form of ['v4', 'v3', 'cbor-payload', 'cbor']) {
      it(`go from a sink to a source over ${bus}, written as ${form}`, async () => {
        const { profile } = await BUSES[bus](teardown);
        const flow = await startFlow(teardown, [
          TAB,
          profile,
          edgexProfile(bus, { form, service: 'app-1', device: 'cam', deviceProfile: 'camera', source: 'frame' }),
          edgexNode('source'),
          edgexNode('sink'),
          recorder(),
          recorder('caught'),
          recorder('completed'),
          catcher(),
          completer(['sink']),
        ]);
        const [got, caught, completed] = ['got', 'caught', 'completed'].map((id) => flow.received(id));
        await flow.connected('source', 'sink');
        const payload = {
          on: true,
          count: 3,
          ratio: 0.5,
          text: 'a',
          image: Buffer.from([1, 2]),
          list: [1, 2],
          o: { a: 1 },
        };
        flow.send('sink', { payload: { ...payload, large: 2n ** 60n } });
        await waitFor(
          () => got?.length === 1 && completed?.length === 1,
          () => `event; caught ${JSON.stringify(caught)}`,
        );
        assert.equal(got?.[0]?.topic, 'edgex/events/device/app-1/camera/cam/frame');
        assert.deepEqual(got?.[0]?.payload, { ...payload, large: '1152921504606846976' });
        const meta = got?.[0]?.['meta'] as Record<string, unknown>;
        assert.deepEqual([meta['deviceName'], meta['messageType'], meta['form']], ['cam', 'event', form]);
        assert.match(String(meta['origin']), /^\d{19}$/);
        const readings = meta['readings'] as Record<string, Record<string, unknown>>;
        assert.equal(readings['count']?.['valueType'], 'Int64');
        assert.deepEqual(flow.problems, []);
      });
    }
  }
});
