import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, numberOf, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('entries that nobody acknowledges', () => {
  const teardown = useTeardown();

  it('are claimed from a consumer that has died', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 250);
    await client.xgroup('CREATE', 'orders', 'workers', '0');
    await client.xreadgroup('GROUP', 'workers', 'dead', 'COUNT', 250, 'STREAMS', 'orders', '>');
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.read(group({ claimIdleMillis: 100, maxUnacknowledged: 30 }));
    await consumer.got(250, 10_000);
    assert.deepEqual(
      consumer.numbers.toSorted((a, b) => a - b),
      range(1, 250),
    );
    assert.ok(consumer.items.every(({ deliveries }) => deliveries === 2));
    await allAcknowledged(client);
  });

  it('come again after they failed, and not while they are in hand', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = (item) => {
      if (numberOf(item) === 1) return 'keep';
      return (item.deliveries ?? 0) < 3 ? 'failed' : 'done';
    };
    const reader = await consumer.reading(group({ claimIdleMillis: 50 }));
    await addNumbers(client, 'orders', 1, 3);
    await consumer.got(7, 10_000);
    assert.deepEqual(
      consumer.items.map((item) => [numberOf(item), item.deliveries]),
      [
        [1, 1],
        [2, 1],
        [3, 1],
        [2, 2],
        [3, 2],
        [2, 3],
        [3, 3],
      ],
    );
    assert.equal(reader.unacknowledged, 1);
    await consumer.items[0]?.settle?.('done');
    await allAcknowledged(client);
  });
});
