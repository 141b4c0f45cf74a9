import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

describe('a receiver that takes its time', () => {
  const teardown = useTeardown();

  it('holds its own list back and no other', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port);
    let free = () => {};
    const slow = new ReadingNode(
      pool,
      profile,
      { kind: 'list', key: 'slow', end: 'left', count: 2 },
      () =>
        new Promise((resolve) => {
          free = resolve;
        }),
    );
    const quick = new ReadingNode(pool, profile, { kind: 'list', key: 'quick', end: 'left' });
    await client.rpush('slow', 'a', 'b', 'c', 'd', 'e');
    await slow.got(2);
    for (let at = 1; at <= 50; at += 1) {
      await client.rpush('quick', at);
      await quick.got(at);
    }
    assert.deepEqual(slow.values, ['a', 'b']);
    assert.deepEqual(await client.lrange('slow', 0, -1), ['c', 'd', 'e']);
    free();
    await slow.got(4);
    assert.deepEqual(slow.values, ['a', 'b', 'c', 'd']);
    free();
    await slow.got(5);
    await slow.stop();
    assert.equal(await client.llen('slow'), 0);
  });

  it('that throws or rejects hurts nobody, itself included', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port);
    const throwing = new ReadingNode(pool, profile, { kind: 'list', key: 'throws', end: 'left' }, () => {
      throw new Error('receiver');
    });
    const rejecting = new ReadingNode(pool, profile, { kind: 'list', key: 'rejects', end: 'left' }, () =>
      Promise.reject(new Error('receiver')),
    );
    for (let round = 1; round <= 3; round += 1) {
      await client.rpush('throws', round);
      await client.rpush('rejects', round);
      await throwing.got(round);
      await rejecting.got(round);
    }
    assert.deepEqual(throwing.states, ['active']);
  });
});
