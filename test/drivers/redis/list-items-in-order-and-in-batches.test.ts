import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

describe('items of a list', () => {
  const teardown = useTeardown();

  it('come in order, in batches of at most the number asked for, from either end', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const values = Array.from({ length: 1000 }, (_, at) => `${at}`);
    for (const key of ['left', 'right', 'one by one']) await client.rpush(key, ...values);
    const profile = standalone(redis.port);
    const left = new ReadingNode(pool, profile, { kind: 'list', key: 'left', end: 'left', count: 30 });
    const right = new ReadingNode(pool, profile, { kind: 'list', key: 'right', end: 'right' });
    const single = new ReadingNode(pool, profile, { kind: 'list', key: 'one by one', end: 'left', count: 1 });
    for (const node of [left, right, single]) await node.got(1000);
    assert.deepEqual(left.values, values);
    assert.deepEqual(right.values, [...values].reverse());
    assert.deepEqual(single.values, values);
    assert.equal(Math.max(...left.batches.map(({ length }) => length)), 30);
    assert.equal(Math.max(...right.batches.map(({ length }) => length)), 100);
    assert.equal(single.batches.length, 1000);
  });

  it('are taken from both ends while they trickle in', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port);
    const left = new ReadingNode(pool, profile, { kind: 'list', key: 'first', end: 'left' });
    const right = new ReadingNode(pool, profile, { kind: 'list', key: 'second', end: 'right' });
    await left.active();
    await right.active();
    for (let round = 1; round <= 10; round += 1) {
      await client.rpush('first', round);
      await client.rpush('second', round);
      await left.got(round);
      await right.got(round);
    }
    assert.deepEqual(left.values, right.values);
  });

  it('are any bytes, and counted', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const node = new ReadingNode(pool, standalone(redis.port), {
      kind: 'list',
      key: 'schlüssel mit leerzeichen\n',
      end: 'left',
    });
    const client = await redis.client();
    const bytes = Buffer.from([0, 255, 128, 13, 10]);
    await client.rpush('schlüssel mit leerzeichen\n', bytes, '');
    await node.got(2);
    assert.deepEqual(
      node.items.map(({ value }) => value),
      [bytes, Buffer.alloc(0)],
    );
    const [connection] = pool.snapshot().connections;
    assert.equal(connection?.counters.messagesIn, 2);
    assert.equal(connection?.counters.bytesIn, 5);
  });
});
