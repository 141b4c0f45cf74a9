import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { completer, recorder, startFlow, TAB } from './node-red';
import { useUserDirectory } from './user-directory';

describe('the outbox of EdgeX sinks', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  for (const kind of ['mqtt', 'redis'] as const) {
    it(`is that of the ${kind} profile below, and keeps events until the profile is connected`, async () => {
      const directory = useUserDirectory(teardown);
      const bus = await BUSES[kind](teardown);
      const sent = await bus.listen('edgex');
      const flow = await startFlow(teardown, [
        TAB,
        { ...bus.profile, outbox: 'disk', autoConnect: false },
        edgexProfile(kind, { qos: '1' }),
        edgexNode('sink', { wires: [] }),
        recorder('completed'),
        completer(['sink']),
      ]);
      const completed = flow.received('completed');
      for (let number = 0; number < 100; number += 1) flow.send('sink', { payload: { number } });
      await waitFor(() => completed.length === 100, 'all to be safe');
      assert.deepEqual(directory.outboxes, ['profile']);
      await flow.shows('sink', /100 queued/);
      flow.send('sink', { action: 'connect' });
      await waitFor(() => sent.length === 100, 'all events');
      assert.deepEqual(
        sent.map(({ message }) => message.event?.readings[0]?.value),
        Array.from({ length: 100 }, (_, number) => number),
      );
    });
  }
});
