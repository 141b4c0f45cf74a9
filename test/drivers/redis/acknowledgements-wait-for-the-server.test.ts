import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, inState, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('acknowledgements', () => {
  const teardown = useTeardown();

  it('given while the server is down are sent when it is back, and nothing comes twice', async () => {
    const redis = teardown.stopLater(await startRedis({ config: { appendonly: 'yes' } }));
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'keep';
    const reader = await consumer.reading(group({ claimIdleMillis: 0 }));
    await addNumbers(client, 'orders', 1, 20);
    await consumer.got(20);
    await redis.halt();
    await inState(reader, 'pending');
    let taken = 0;
    const settling = consumer.items.map(async (item) => {
      await item.settle?.('done');
      taken += 1;
    });
    assert.equal(taken, 0);
    await redis.start();
    await Promise.all(settling);
    await waitFor(() => client.status === 'ready', 'the client to be back');
    await allAcknowledged(client);
    await addNumbers(client, 'orders', 21, 25);
    await consumer.got(25);
    assert.deepEqual(consumer.numbers, range(1, 25));
  });

  it('given while the server is frozen are sent when it goes on, and nothing is lost', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const pool = redisPool(teardown);
    const profile = standalone(redis.port, { commandTimeoutMillis: 300 });
    const consumer = new StreamConsumer(pool, profile);
    const plain = new StreamConsumer(pool, profile);
    consumer.decide = () => 'keep';
    const reader = await consumer.reading(group());
    await plain.reading({ kind: 'stream', key: 'orders', position: '$' });
    await addNumbers(client, 'orders', 1, 20);
    await consumer.got(20);
    redis.pause();
    const settling = consumer.items.map(async (item) => item.settle?.('done'));
    const adding = addNumbers(client, 'orders', 21, 40);
    await inState(reader, 'pending');
    consumer.decide = () => 'done';
    redis.resume();
    await Promise.all([...settling, adding]);
    await plain.got(40);
    await waitFor(() => new Set(consumer.numbers).size === 40, 'all entries');
    await allAcknowledged(client);
    assert.deepEqual(plain.numbers, range(1, 40));
  });
});
