import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { calls, redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, pendingCount, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor, waitForAsync } from '../../support/waiting';

describe('a group with a backlog', () => {
  const teardown = useTeardown();

  it('is read ahead by one batch, which waits for the receiver', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 100);
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'keep';
    let open = () => {};
    consumer.gate = new Promise((resolve) => {
      open = resolve;
    });
    const reader = consumer.read(group({ position: '0', count: 10 }));
    await consumer.got(10);
    await waitForAsync(async () => (await pendingCount(client)) === 20, 'the next batch to be read');
    assert.equal(consumer.items.length, 10);
    consumer.gate = undefined;
    open();
    await consumer.got(100);
    assert.deepEqual(consumer.numbers, range(1, 100));
    assert.ok(consumer.items.every(({ deliveries }) => deliveries === 1));
    assert.equal(reader.unacknowledged, 100);
  });

  it('never holds more than its window, what is read ahead included', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 100);
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'keep';
    consumer.read(group({ position: '0', count: 10, maxUnacknowledged: 25 }));
    await consumer.got(25);
    assert.equal(await pendingCount(client), 25);
  });

  it('loses and repeats nothing if others claim what waits too long for the receiver', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 40);
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    let open = () => {};
    consumer.gate = new Promise((resolve) => {
      open = resolve;
    });
    consumer.read(group({ position: '0', count: 10, claimIdleMillis: 200 }));
    await consumer.got(10);
    await waitForAsync(async () => (await pendingCount(client)) === 10, 'the next batch to be read');
    const other = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    other.read(group({ consumer: 'two', claimIdleMillis: 200 }));
    await waitFor(() => other.items.length === 30, 'the other to have the rest', 10_000);
    consumer.gate = undefined;
    open();
    await addNumbers(client, 'orders', 41, 41);
    await waitFor(() => consumer.items.length + other.items.length === 41, 'the last entry');
    await allAcknowledged(client);
    assert.deepEqual(
      [...consumer.numbers, ...other.numbers].toSorted((a, b) => a - b),
      range(1, 41),
    );
  });

  it('is acknowledged with few commands', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await addNumbers(client, 'orders', 1, 1000);
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.read(group({ position: '0', count: 100 }));
    await consumer.got(1000);
    await allAcknowledged(client);
    const { xack = 0 } = await calls(client, 'xack');
    assert.ok(xack <= 11, `${xack} XACKs`);
  });
});
