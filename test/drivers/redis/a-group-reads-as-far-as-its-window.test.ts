import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, pendingCount, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('the window of a group', () => {
  const teardown = useTeardown();

  it('limits what is unacknowledged, and reading goes on as entries are settled', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'keep';
    const reader = await consumer.reading(group({ maxUnacknowledged: 7, count: 5 }));
    await addNumbers(client, 'orders', 1, 100);
    let settled = 0;
    while (settled < 100) {
      await waitFor(() => consumer.items.length > settled, 'the next entries');
      assert.ok(reader.unacknowledged <= 7);
      const pending = await pendingCount(client);
      assert.ok(pending <= 14, `${pending} entries are pending`);
      for (; settled < consumer.items.length; settled += 1) await consumer.items[settled]?.settle?.('done');
    }
    assert.deepEqual(consumer.numbers, range(1, 100));
    assert.equal(reader.unacknowledged, 0);
    await allAcknowledged(client);
  });
});
