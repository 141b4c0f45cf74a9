import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('when connections break again and again', () => {
  const teardown = useTeardown();

  it('streams are read on where they were, and a group loses nothing', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const killer = await redis.client();
    const plain = new StreamConsumer(pool, standalone(redis.port));
    await plain.reading({ kind: 'stream', key: 'orders', position: '$' });
    const worker = new StreamConsumer(pool, standalone(redis.port));
    await worker.reading(group());
    for (let round = 0; round < 10; round += 1) {
      await addNumbers(client, 'orders', round * 100 + 1, round * 100 + 50);
      // Both sockets, whatever they are doing just now.
      for (const { id = '' } of await redis.clients()) await killer.call('CLIENT', 'KILL', 'ID', id);
      await addNumbers(client, 'orders', round * 100 + 51, round * 100 + 100);
      await plain.got((round + 1) * 100 - 50);
    }
    await plain.got(1000);
    assert.deepEqual(plain.numbers, range(1, 1000));
    const seen = () => new Set(worker.numbers);
    await waitFor(
      () => seen().size === 1000,
      () => `all entries at the group; ${seen().size} came`,
    );
    await allAcknowledged(client);
  });
});
