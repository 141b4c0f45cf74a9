import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('a stream', () => {
  const teardown = useTeardown();

  it('is read from its end, its beginning or after an id, in order and in batches', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    await addNumbers(client, 'plant', 1, 9);
    const tenth = String(await client.xadd('plant', '*', 'n', 10));
    await addNumbers(client, 'plant', 11, 20);
    const read = (position: string) => {
      const consumer = new StreamConsumer(pool, standalone(redis.port));
      return { consumer, reader: consumer.reading({ kind: 'stream', key: 'plant', position, count: 7 }) };
    };
    const all = ['$', '0', tenth, '0'].map(read);
    await Promise.all(all.map(({ reader }) => reader));
    await addNumbers(client, 'plant', 21, 300);
    const expected = [range(21, 300), range(1, 300), range(11, 300), range(1, 300)];
    for (const [index, { consumer }] of all.entries()) {
      const numbers = expected[index] ?? [];
      await consumer.got(numbers.length);
      assert.deepEqual(consumer.numbers, numbers);
      assert.ok(Math.max(...consumer.batches) <= 7);
    }
    assert.equal(await redis.sockets(), 2);
  });

  it('that does not exist yet is waited for', async () => {
    const redis = teardown.stopLater(await startRedis());
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    await consumer.reading({ kind: 'stream', key: 'later', position: '$' });
    await addNumbers(await redis.client(), 'later', 1, 3);
    await consumer.got(3);
    assert.deepEqual(consumer.numbers, [1, 2, 3]);
  });

  it('is read no further while a batch is being handled', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    await addNumbers(client, 'plant', 1, 50);
    const slow = new StreamConsumer(pool, standalone(redis.port));
    const quick = new StreamConsumer(pool, standalone(redis.port));
    let open = () => {};
    slow.gate = new Promise((resolve) => {
      open = resolve;
    });
    slow.read({ kind: 'stream', key: 'plant', position: '0', count: 10 });
    quick.read({ kind: 'stream', key: 'plant', position: '0', count: 10 });
    await quick.got(50);
    assert.deepEqual(slow.numbers, range(1, 10));
    slow.gate = undefined;
    open();
    await slow.got(50);
    assert.deepEqual(slow.numbers, range(1, 50));
  });

  it('can only be read from a position there is, and is not its own dead-letter stream', async () => {
    const redis = teardown.stopLater(await startRedis());
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    assert.throws(() => consumer.read({ kind: 'stream', key: 'plant', position: 'yesterday' }), {
      code: 'REDIS_INVALID_ARGUMENT',
    });
    assert.throws(() => consumer.read(group({ deadLetterKey: 'orders' })), { code: 'REDIS_INVALID_ARGUMENT' });
  });
});
