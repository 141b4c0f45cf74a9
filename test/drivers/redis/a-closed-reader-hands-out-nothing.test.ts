import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('a reader that is closed', () => {
  const teardown = useTeardown();

  it('hands out nothing any more and loses nothing; what it handed out can still be settled', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    let next = 1;
    const seen: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const consumer = new StreamConsumer(pool, standalone(redis.port));
      consumer.decide = () => 'keep';
      const reader = await consumer.reading(group({ count: 3 }));
      await addNumbers(client, 'orders', next, next + 20);
      next += 21;
      await consumer.got(2);
      const closing = reader.close();
      const got = consumer.items.length;
      await closing;
      assert.equal(consumer.items.length, got);
      await Promise.all(consumer.items.map(async (item) => item.settle?.('done')));
      seen.push(...consumer.numbers);
      await consumer.lease.release({ linger: false });
    }
    const last = new StreamConsumer(pool, standalone(redis.port));
    last.read(group());
    await last.got(next - 1 - seen.length);
    seen.push(...last.numbers);
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      range(1, next - 1),
    );
    await allAcknowledged(client);
  });
});
