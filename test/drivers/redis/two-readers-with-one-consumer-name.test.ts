import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('two readers with one consumer name', () => {
  const teardown = useTeardown();

  it('are told of, and still each entry goes to one of them', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 60);
    await client.xgroup('CREATE', 'orders', 'workers', '0');
    await client.xreadgroup('GROUP', 'workers', 'one', 'COUNT', 30, 'STREAMS', 'orders', '>');
    const [first, second] = [0, 1].map(() => new StreamConsumer(pool, standalone(redis.port)));
    assert.ok(first && second);
    first.read(group({ count: 5 }));
    second.read(group({ count: 5 }));
    await waitFor(() => first.items.length + second.items.length >= 60, 'all entries');
    await allAcknowledged(client);
    assert.deepEqual(
      [...first.numbers, ...second.numbers].sort((a, b) => a - b),
      range(1, 60),
    );
    assert.deepEqual([...first.codes, ...second.codes], ['REDIS_CONSUMER_SHARED']);
  });
});
