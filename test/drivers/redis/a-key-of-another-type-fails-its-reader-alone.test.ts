import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, group, inState, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('a key of another type', () => {
  const teardown = useTeardown();

  it('fails its readers alone, and they go on when it is repaired', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    await client.set('orders', 'is no stream');
    const plain = new StreamConsumer(pool, standalone(redis.port));
    const worker = new StreamConsumer(pool, standalone(redis.port));
    const other = new StreamConsumer(pool, standalone(redis.port));
    const plainReader = plain.read({ kind: 'stream', key: 'orders', position: '0' });
    const groupReader = worker.read(group({ position: '0' }));
    for (const reader of [plainReader, groupReader]) {
      await inState(reader, 'failed');
      assert.ok(reader.state.kind === 'failed');
      assert.equal(reader.state.error.code, 'REDIS_WRONGTYPE');
    }
    await other.reading({ kind: 'stream', key: 'plant', position: '$' });
    await addNumbers(client, 'plant', 1, 10);
    await other.got(10);
    await client.del('orders');
    await addNumbers(client, 'orders', 1, 10);
    await plain.got(10);
    await worker.got(10);
    for (const reader of [plainReader, groupReader]) await inState(reader, 'active');

    // And while it is waited for together with others.
    await client.del('orders');
    await client.set('orders', 'is no stream again');
    await addNumbers(client, 'plant', 11, 20);
    await other.got(20);
    await inState(plainReader, 'failed', 10_000);
    await client.del('orders');
    await addNumbers(client, 'orders', 11, 20);
    await addNumbers(client, 'plant', 21, 30);
    await plain.got(20);
    await worker.got(20);
    await other.got(30);
    assert.deepEqual(plain.numbers, range(1, 20));
    assert.deepEqual(worker.numbers, range(1, 20));
    assert.deepEqual(other.numbers, range(1, 30));
  });
});
