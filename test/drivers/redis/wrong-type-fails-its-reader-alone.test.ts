import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

describe('a key that is no list', () => {
  const teardown = useTeardown();

  it('fails its reader alone, which resumes when the key is repaired', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    await client.set('wrong', 'a string');
    const wrong = new ReadingNode(pool, standalone(redis.port), { kind: 'list', key: 'wrong', end: 'left' });
    const right = new ReadingNode(pool, standalone(redis.port), { kind: 'list', key: 'right', end: 'left' });
    const error = await wrong.failed();
    assert.equal(error.code, 'REDIS_WRONGTYPE');
    await right.active();
    await client.rpush('right', 'a');
    await right.got(1);
    await client.del('wrong');
    await client.rpush('wrong', 'b');
    await wrong.got(1);
    assert.deepEqual(wrong.states, ['REDIS_WRONGTYPE', 'active']);
    assert.deepEqual(right.states, ['active']);
  });

  it('is found out among those waited for, also when it turns wrong later', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port);
    const nodes = ['one', 'two', 'three'].map(
      (key) => new ReadingNode(pool, profile, { kind: 'list', key, end: 'left' }),
    );
    const [one, two, three] = nodes;
    assert.ok(one && two && three);
    for (const node of nodes) await node.active();
    await client.set('two', 'a string');
    // Any reply lets the next command find it.
    await client.rpush('one', 'a');
    assert.equal((await two.failed()).code, 'REDIS_WRONGTYPE');
    await client.rpush('three', 'c');
    await three.got(1);
    await client.del('two');
    await two.active();
    await client.rpush('two', 'b');
    await two.got(1);
    assert.deepEqual(one.states, ['active']);
    assert.deepEqual(three.states, ['active']);
  });

  it('fails a sorted set reader the same way', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    await client.rpush('wrong', 'a list');
    const wrong = new ReadingNode(pool, standalone(redis.port), { kind: 'sorted-set', key: 'wrong', end: 'max' });
    const right = new ReadingNode(pool, standalone(redis.port), { kind: 'sorted-set', key: 'right', end: 'max' });
    assert.equal((await wrong.failed()).code, 'REDIS_WRONGTYPE');
    await client.zadd('right', 1.5, 'a');
    await right.got(1);
  });
});
