import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a consumer group', () => {
  const teardown = useTeardown();

  it('is created with its stream, and each entry goes to one consumer and is acknowledged', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const first = new StreamConsumer(pool, standalone(redis.port));
    const second = new StreamConsumer(pool, standalone(redis.port));
    await first.reading(group({ count: 10 }));
    await second.reading(group({ count: 10, consumer: 'two' }));
    await addNumbers(client, 'orders', 1, 500);
    await waitFor(() => first.items.length + second.items.length === 500, 'every entry to be delivered');
    await allAcknowledged(client);
    const numbers = [...first.numbers, ...second.numbers].sort((a, b) => a - b);
    assert.deepEqual(numbers, range(1, 500));
    assert.ok(first.items.every(({ deliveries }) => deliveries === 1));
    assert.equal(await redis.sockets(), 2);
  });

  it('begins where it is told to', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 5);
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.read(group({ position: '0' }));
    await consumer.got(5);
    assert.deepEqual(consumer.numbers, range(1, 5));
  });

  it('acknowledges on receipt before handing out, if so wanted', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    await consumer.reading(group({ acknowledge: 'receipt', maxUnacknowledged: 1 }));
    await addNumbers(client, 'orders', 1, 50);
    await consumer.got(50);
    assert.ok(consumer.items.every((item) => item.settle === undefined));
    await allAcknowledged(client);
  });
});
