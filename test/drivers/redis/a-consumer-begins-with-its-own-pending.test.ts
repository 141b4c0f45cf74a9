import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, pendingCount, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('a consumer that starts again', () => {
  const teardown = useTeardown();

  it('first gets what it had not acknowledged, then what is new', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const before = new StreamConsumer(pool, standalone(redis.port));
    before.decide = () => 'keep';
    const reader = await before.reading(group());
    await addNumbers(client, 'orders', 1, 30);
    await before.got(30);
    for (const item of before.items.slice(0, 10)) await item.settle?.('done');
    await reader.close();
    await before.lease.release({ linger: false });
    await addNumbers(client, 'orders', 31, 40);

    const after = new StreamConsumer(pool, standalone(redis.port));
    after.read(group({ count: 6 }));
    await after.got(30);
    assert.deepEqual(after.numbers, range(11, 40));
    assert.deepEqual(
      after.items.map(({ deliveries }) => deliveries),
      range(11, 40).map((number) => (number <= 30 ? 2 : 1)),
    );
    await allAcknowledged(client);
  });

  it('acknowledges what was deleted from the stream meanwhile', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 10);
    await client.xgroup('CREATE', 'orders', 'workers', '0');
    await client.xreadgroup('GROUP', 'workers', 'one', 'COUNT', 10, 'STREAMS', 'orders', '>');
    await client.xtrim('orders', 'MAXLEN', 2);
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.read(group({ count: 3 }));
    await consumer.got(2);
    await allAcknowledged(client);
    assert.deepEqual(consumer.numbers, [9, 10]);
  });

  it('gets nothing twice that is still in its hands after an outage', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'keep';
    await consumer.reading(group());
    await addNumbers(client, 'orders', 1, 20);
    await consumer.got(20);
    for (const { id = '' } of await redis.clients()) await client.call('CLIENT', 'KILL', 'ID', id);
    const settling = consumer.items.map(async (item) => item.settle?.('done'));
    await addNumbers(client, 'orders', 21, 22);
    await consumer.got(22);
    await Promise.all(settling);
    assert.deepEqual(consumer.numbers, range(1, 22));
    assert.equal(await pendingCount(client), 2);
  });
});
