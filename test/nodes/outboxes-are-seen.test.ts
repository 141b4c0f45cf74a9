import assert from 'node:assert/strict';
import { FlowNames } from '../../src/runtime/admin/flow-names';
import { connectionView } from '../../src/runtime/admin/connection-view';
import { expositionText } from '../../src/runtime/metrics/exposition';
import { outboxFamilies } from '../../src/runtime/metrics/outbox-families';
import { outboxViews } from '../../src/runtime/outbox/outbox-run';
import { getPool } from '../../src/runtime/process-pool';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, profile, recorder, sink, startFlow, TAB } from './node-red';
import { useUserDirectory } from './user-directory';

describe('the outbox of a profile', () => {
  const teardown = useTeardown();

  it('is counted in the metrics and shown with its connection', async () => {
    useUserDirectory(teardown);
    const limits = { outbox: 'disk', outboxMaxCount: '2', outboxOverflow: 'drop-oldest' };
    const flow = await startFlow(teardown, [
      TAB,
      profile(await freePort(), limits),
      sink({ topic: 'a', qos: '1' }),
      recorder('completed'),
      completer(['sink']),
    ]);
    const completed = flow.received('completed');
    for (const payload of ['1', '2', '3']) {
      const before = completed.length;
      flow.send('sink', { payload });
      await waitFor(() => completed.length > before, 'it to be safe');
    }
    const [view] = outboxViews();
    assert.ok(view);
    const text = expositionText(outboxFamilies([view], (view.oldest ?? 0) + 5_000));
    for (const line of [
      'connection_pool_outbox_messages{type="pool-mqtt-profile",profile="profile"} 2',
      'connection_pool_outbox_bytes{type="pool-mqtt-profile",profile="profile"} 4',
      'connection_pool_outbox_oldest_seconds{type="pool-mqtt-profile",profile="profile"} 5',
      'connection_pool_outbox_in_memory{type="pool-mqtt-profile",profile="profile"} 0',
      'connection_pool_outbox_messages_total{type="pool-mqtt-profile",profile="profile",outcome="added"} 3',
      'connection_pool_outbox_messages_total{type="pool-mqtt-profile",profile="profile",outcome="dropped"} 1',
    ]) {
      assert.ok(text.includes(`${line}\n`), `${line} in\n${text}`);
    }
    const names = { describe: ({ id, type }: { id: string; type: string }) => ({ id, type }), node: () => undefined };
    const [connection] = getPool().snapshot().connections;
    assert.ok(connection);
    const { outboxes = [] } = connectionView(connection, names as unknown as FlowNames);
    assert.deepEqual(
      outboxes.map(({ profile: id, count, dropped, inMemory }) => [id, count, dropped, inMemory]),
      [['profile', 2, 1, false]],
    );
    await flow.stop();
    assert.deepEqual(outboxViews(), []);
  });
});
