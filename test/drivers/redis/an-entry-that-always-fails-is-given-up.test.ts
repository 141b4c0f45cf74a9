import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import {
  addNumbers,
  allAcknowledged,
  group,
  numberOf,
  pendingCount,
  StreamConsumer,
} from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('an entry that always fails', () => {
  const teardown = useTeardown();
  const stubborn = { claimIdleMillis: 50, maxDeliveries: 2 };

  it('goes to the dead-letter stream after so many deliveries, with the reason', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = (item) => (numberOf(item) === 2 ? 'failed' : 'done');
    await consumer.reading(group({ ...stubborn, deadLetterKey: 'dead' }));
    await addNumbers(client, 'orders', 1, 3);
    await waitFor(() => consumer.problems.length > 0, 'the entry to be given up', 10_000);
    assert.deepEqual(consumer.numbers, [1, 2, 3, 2]);
    assert.deepEqual(consumer.codes, ['REDIS_DEAD_LETTER']);
    assert.match(consumer.problems[0]?.message ?? '', /delivered 2 times.*"dead"/);
    const [[, fields]] = (await client.xrange('dead', '-', '+')) as [[string, string[]]];
    assert.deepEqual(fields, [
      'n',
      '2',
      '_stream',
      'orders',
      '_group',
      'workers',
      '_id',
      consumer.items[1]?.id,
      '_deliveries',
      '2',
      '_reason',
      'delivered 2 times and never acknowledged',
    ]);
    await allAcknowledged(client);
  });

  it('stays pending if the dead-letter stream can not take it', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await client.set('dead', 'is no stream');
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'failed';
    await consumer.reading(group({ ...stubborn, deadLetterKey: 'dead' }));
    await addNumbers(client, 'orders', 1, 1);
    await waitFor(() => consumer.problems.length > 0, 'the entry to be given up', 10_000);
    assert.match(consumer.problems[0]?.message ?? '', /stays pending/);
    assert.equal(await pendingCount(client), 1);
    await client.del('dead');
    await waitFor(() => consumer.problems.at(-1)?.message.includes('now in'), 'the entry to be moved', 10_000);
    await allAcknowledged(client);
    assert.equal(await client.xlen('dead'), 1);
  });

  it('is acknowledged and told of if there is no dead-letter stream', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    consumer.decide = () => 'failed';
    await consumer.reading(group(stubborn));
    await addNumbers(client, 'orders', 1, 1);
    await waitFor(() => consumer.problems.length > 0, 'the entry to be given up', 10_000);
    assert.deepEqual(consumer.codes, ['REDIS_DEAD_LETTER']);
    await allAcknowledged(client);
  });
});
